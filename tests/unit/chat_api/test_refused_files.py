"""Files that the model's endpoint refuses."""

import json
from typing import TYPE_CHECKING, Any

import httpx2
import openai
from agents.testing import ModelStep, assistant_message

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_attachments import TEXT, attach, send
from tests.unit.chat_api.wire import REQUEST, of_type, thread_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def refusal() -> ModelStep:
    response = httpx2.Response(400, request=REQUEST)
    return ModelStep(error=openai.BadRequestError("Cannot read", response=response, body=None))


def error_of(events: list[dict[str, Any]]) -> str:
    [error] = of_type(events, "error")
    message: str = error["message"]
    return message


async def test_refused_files_are_named_and_withheld_from_then_on(
    chat: Chat, files_client: "S3Client"
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    chat.model.extend([refusal(), [assistant_message("Fine.")], [assistant_message("New.")]])
    events = await send(chat, file)
    assert "could not read the attached files" in error_of(events)
    thread = thread_of(events)
    await chat.say("Then without it", thread)
    sent = json.dumps(chat.last_call.input, ensure_ascii=False)
    assert "onions" not in sent
    assert "“list.txt” here. It is left out now." in sent


async def test_refusal_without_files_blames_no_file(chat: Chat) -> None:
    chat.model.extend([refusal()])
    assert error_of(await chat.say("Hi")) == "The assistant could not take this message."
