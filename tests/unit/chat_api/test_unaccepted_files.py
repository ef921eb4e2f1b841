"""An assistant without a policy for attachments, and policies that cannot work."""

from dataclasses import replace
from typing import Any

import pytest

from chat_api.attachments.policy import AttachmentPolicy
from chat_api.conversation.assistant import Assistant
from chatcore.errors import InvalidRequest
from task_assistant.agent import assistant as task_assistant
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import words


@pytest.fixture
def assistant() -> Assistant:
    return replace(task_assistant, agent=task_assistant.agent.clone(), attachments=None)


async def test_without_a_policy_every_attachment_is_refused(chat: Chat) -> None:
    new: dict[str, Any] = {"name": "a.txt", "size": 1, "mime_type": "text/plain"}
    message = words("Look", attachments=["atc_1"])
    for response in (
        await chat.send("attachments.create", **new),
        await chat.send("attachments.delete", attachment_id="atc_1"),
        await chat.send("threads.create", input=message),
    ):
        assert response.status_code == 400
        assert response.json()["message"] == "This assistant takes no attachments."


def test_type_that_the_browser_does_not_know_is_taken_from_the_name() -> None:
    policy = AttachmentPolicy({"text/csv": [".csv"], "image/*": [".png"]})
    assert policy.check("a.CSV", 1, "application/vnd.ms-excel") == "text/csv"
    assert policy.check("a.csv", 1, "") == "text/csv"
    assert policy.check("a.png", 1, "image/png") == "image/png"
    with pytest.raises(InvalidRequest):
        policy.check("a.png", 1, "")


@pytest.mark.parametrize("size", [0, 3_500_001])
def test_policy_with_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="max_size"):
        AttachmentPolicy({"image/png": []}, max_size=size)


@pytest.mark.parametrize("count", [0, 11])
def test_policy_with_an_impossible_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="max_count"):
        AttachmentPolicy({"image/png": []}, max_count=count)


@pytest.mark.parametrize(
    "mime_type",
    ["text/a b\nc", "text/", "/plain", "text", "text/a/b", "text/*", "text/ä", "text/" + "a" * 96],
)
def test_type_that_is_no_media_type_is_refused_under_a_wildcard(mime_type: str) -> None:
    policy = AttachmentPolicy({"text/*": []})
    with pytest.raises(InvalidRequest, match="media type such as image/png, of at most 100"):
        policy.check("a.txt", 1, mime_type)
    assert policy.check("a.txt", 1, "Text/X-a+b; charset=utf-8") == "text/x-a+b"
    assert policy.check("a.txt", 1, "text/" + "a" * 95) == "text/" + "a" * 95


def test_refusal_lists_the_endings_or_the_types_without_any() -> None:
    policy = AttachmentPolicy({"image/*": [], "text/plain": [".txt", ".md"]})
    with pytest.raises(InvalidRequest, match=r"It accepts: \.md, \.txt, image/\*$"):
        policy.check("a.zip", 1, "application/zip")
