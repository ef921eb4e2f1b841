"""Attachments on the started service: uploaded as a page does, sent, shown and deleted."""

import re
from base64 import b64decode

from tests.system.e2e.service import Stack

PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def storage_of(url: str) -> str:
    """Return an address at the storage itself: the record of calls has no name for a preflight."""
    return re.sub(r":\d+/(\d+)/", r":\1/", url)


def test_an_image_is_uploaded_sent_shown_and_deleted(stack: Stack) -> None:
    user = stack.user("ines")
    file = user.attach("hidden-garden.png", PNG, "image/png")
    answer = user.say("Thanks", attachments=[file])
    assert "error" not in {event["type"] for event in answer.events}
    [shown] = user.items(answer.thread)[0]["attachments"]
    image = stack.http.get(shown["preview_url"])
    assert (image.status_code, image.content) == (200, PNG)
    assert image.headers["content-type"] == "image/png"
    assert user.ask("threads.delete", thread_id=answer.thread).status_code == 200
    assert stack.http.get(shown["preview_url"]).status_code in (403, 404)
    assert "hidden-garden" not in stack.logged()


def test_a_page_may_upload_to_a_presigned_address_alone(stack: Stack) -> None:
    user = stack.user("ines")
    new = {"name": "a.txt", "size": 1, "mime_type": "text/plain"}
    url = storage_of(user.ask("attachments.create", **new).json()["upload_descriptor"]["url"])
    page = {"origin": "https://app.example.com"}
    asked = page | {"access-control-request-method": "PUT"}
    preflight = stack.http.options(url, headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] in ("*", page["origin"])
    typed = page | {"content-type": "text/plain"}
    assert stack.http.put(url, content=b"a", headers=typed).status_code == 200
    assert stack.http.get(url.partition("/uploads/")[0], headers=page).status_code != 200
