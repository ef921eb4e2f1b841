"""An image that the model draws, from the request to its bytes and its deletion."""

from local_stack.model.hosted_items import picture
from tests.system.e2e.generated_images import fetched, image_in
from tests.system.e2e.service import Stack


def test_a_drawn_image_is_shown_at_once_and_after_a_reload_until_its_thread_is_deleted(
    stack: Stack,
) -> None:
    user = stack.user("frida")
    answer = user.say("Draw a fox")
    for address in (image_in(answer.events), image_in(user.items(answer.thread))):
        image = fetched(address)
        assert image.content == picture("a fox")
        assert image.headers["content-type"] == "image/png"
    assert user.ask("threads.delete", thread_id=answer.thread).status_code == 200
    assert fetched(image_in(answer.events)).status_code in (403, 404)


def test_another_user_gets_no_address_of_an_image(stack: Stack) -> None:
    thread = stack.user("frida").say("Draw a fox").thread
    other = stack.user("greta")
    for operation in ("items.list", "threads.get_by_id"):
        assert "images/" not in other.ask(operation, thread_id=thread).text
