"""Files that the model's endpoint refuses."""

import json
from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest
from agents.testing import ModelStep, assistant_message

from chat_api.conversation.server import ConversationServer
from chat_api.model.model_config import ModelConfig, ModelList
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_attachments import PDF, TEXT, attach, send
from tests.unit.chat_api.wire import REQUEST, of_type, thread_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def refusal(message: str = "Cannot read") -> ModelStep:
    response = httpx2.Response(400, request=REQUEST)
    return ModelStep(error=openai.BadRequestError(message, response=response, body=None))


def error_of(events: list[dict[str, Any]]) -> str:
    [error] = of_type(events, "error")
    message: str = error["message"]
    return message


async def test_refused_files_are_named_and_withheld_from_then_on(
    chat: Chat, files_client: "S3Client"
) -> None:
    file = await attach(chat, files_client, "bill.pdf", PDF, "application/pdf")
    chat.model.extend([refusal(), [assistant_message("Fine.")], [assistant_message("New.")]])
    events = await send(chat, file)
    assert "could not read the attached files" in error_of(events)
    await chat.say("Then without it", thread_of(events))
    sent = json.dumps(chat.last_call.input, ensure_ascii=False)
    assert "base64" not in sent
    assert "“bill.pdf” here. It is left out now." in sent


async def test_files_are_withheld_after_a_request_that_is_too_long(
    chat: Chat, files_client: "S3Client"
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    chat.model.extend([refusal("prompt is too long"), [assistant_message("Fine.")]])
    chat.model.extend([[assistant_message("New.")]])
    events = await send(chat, file)
    assert "could not read the attached files" in error_of(events)
    await chat.say("Then without it", thread_of(events))
    sent = json.dumps(chat.last_call.input, ensure_ascii=False)
    assert "onions" not in sent
    assert "“list.txt” here. It is left out now." in sent


async def test_text_file_is_not_blamed_for_a_refusal(chat: Chat, files_client: "S3Client") -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    chat.model.extend([refusal(), [assistant_message("Fine.")]])
    events = await send(chat, file)
    assert error_of(events) == "The assistant could not take this message."
    await chat.say("Again", thread_of(events))
    assert "onions" in json.dumps(chat.last_call.input)


async def test_file_that_the_model_did_not_get_is_not_blamed_for_a_refusal(
    chat: Chat, files_client: "S3Client", server: ConversationServer
) -> None:
    server.models = ModelList(unlisted=ModelConfig(name="plain", images=False, files=False))
    file = await attach(chat, files_client, "bill.pdf", PDF, "application/pdf")
    chat.model.extend([refusal()])
    assert error_of(await send(chat, file)) == "The assistant could not take this message."


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("Cannot read", "The assistant could not take this message."),
        (
            "prompt is too long",
            "This conversation is too long to go on. Please start a new one.",
        ),
    ],
)
async def test_refusal_without_files_blames_no_file(
    chat: Chat, message: str, sentence: str
) -> None:
    chat.model.extend([refusal(message)])
    assert error_of(await chat.say("Hi")) == sentence
