"""Each model failure is explained to the user."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from agents.exceptions import ModelBehaviorError
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, function_call
from openai.types.responses import (
    Response,
    ResponseError,
    ResponseFailedEvent,
    ResponseIncompleteEvent,
)
from openai.types.responses.response import IncompleteDetails

from chat_api.errors import stream_error
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chatcore.errors import Unavailable
from task_assistant.agent import assistant
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import REQUEST, thread_of, types

SIGNATURE = "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=x"


def refused(status: int, code: str | None = None, message: str = "hunter2") -> Exception:
    """Return the client's error for a response of the model's endpoint."""
    client = openai.AsyncOpenAI(api_key="x")
    body = {"error": {"message": message, "type": "x", "param": None, "code": code}}
    response = httpx2.Response(status, request=REQUEST, json=body)
    error: Exception = client._make_status_error_from_response(response)
    return error


def refused_by_aws(status: int, kind: str, message: str = "hunter2") -> Exception:
    """Return the client's error for a refusal by Amazon Bedrock.

    Without a kind, the refusal has no header and OpenAI's format, as at Bedrock's newer endpoint.
    """
    request = httpx2.Request("POST", REQUEST.url, headers={"authorization": SIGNATURE})
    headers = {"x-amzn-errortype": f"{kind}:http://internal.amazon.com/"} if kind else {}
    body = {"message": message} if kind else {"error": {"message": message, "code": "denied"}}
    response = httpx2.Response(status, request=request, headers=headers, json=body)
    error: Exception = openai.AsyncOpenAI(api_key="x")._make_status_error_from_response(response)
    return error


def ended(**how: Any) -> ModelStep:
    """Return an answer of the Responses API that fails after it has started."""
    response = Response(
        id="r",
        created_at=0,
        model="m",
        object="response",
        output=[],
        parallel_tool_calls=True,
        tool_choice="auto",
        tools=[],
        **how,
    )

    async def stream(_call: object) -> AsyncIterator[TResponseStreamEvent]:
        if response.status == "incomplete":
            yield ResponseIncompleteEvent(
                type="response.incomplete", response=response, sequence_number=0
            )
        else:
            yield ResponseFailedEvent(type="response.failed", response=response, sequence_number=0)

    return ModelStep(stream_events=stream)


def failed(code: Any) -> ModelStep:
    return ended(status="failed", error=ResponseError(code=code, message="code='hunter2'"))


def incomplete(reason: Any) -> ModelStep:
    return ended(status="incomplete", incomplete_details=IncompleteDetails(reason=reason))


@pytest.mark.parametrize(
    ("failure", "sentence", "allow_retry"),
    [
        (refused(429, "rate_limit_exceeded"), "is busy", True),
        (refused(429), "is busy", True),
        (failed("rate_limit_exceeded"), "is busy", True),
        (refused(429, "insufficient_quota"), "used up its quota", False),
        (refused(401, "invalid_api_key"), "its key was refused", False),
        (refused(403), "its key was refused", False),
        (refused(404, "model_not_found"), "its model was not found", False),
        (refused(400, "context_length_exceeded"), "too long to go on", False),
        (refused(400, None, "maximum context length is 8192 tokens"), "too long to go on", False),
        (refused(413, None, "Request too large"), "too long to go on", False),
        (refused(400, "content_filter"), "not allowed to answer this", False),
        (refused(400, "invalid_prompt"), "not allowed to answer this", False),
        (failed("invalid_prompt"), "not allowed to answer this", False),
        (incomplete("content_filter"), "not allowed to answer this", False),
        (incomplete("max_output_tokens"), "became too long", False),
        (refused(400), "could not take this message", False),
        (refused(500), "cannot be reached", True),
        # The secret with the endpoint's key cannot be read.
        (Unavailable("The keys cannot be read right now."), "cannot be read right now", True),
        (failed("server_error"), "cannot be reached", True),
        (refused_by_aws(403, "AccessDeniedException"), "no access to its model", False),
        (refused_by_aws(403, "InvalidSignatureException"), "its credentials are missing", False),
        (refused_by_aws(403, "UnrecognizedClientException"), "its credentials are missing", False),
        (refused_by_aws(403, "ExpiredTokenException"), "credentials have expired", True),
        (refused_by_aws(401, ""), "its credentials are missing", False),
        (refused_by_aws(403, ""), "no access to its model", False),
        (
            refused_by_aws(400, "ValidationException", "The provided model identifier is invalid."),
            "its model was not found",
            False,
        ),
        (refused_by_aws(400, "ValidationException"), "could not take this message", False),
        (refused_by_aws(400, "ValidationException", "Input is too long"), "too long to", False),
        (refused_by_aws(404, "ResourceNotFoundException"), "its model was not found", False),
        (refused_by_aws(400, "ServiceQuotaExceededException"), "used up its quota", False),
        (refused_by_aws(424, "ModelErrorException"), "cannot be reached", True),
        (refused_by_aws(429, "ThrottlingException"), "is busy", True),
        (openai.OpenAIError("Could not find credentials, hunter2"), "are missing or were", False),
        (openai.APIConnectionError(request=REQUEST), "cannot be reached", True),
        (openai.APITimeoutError(request=REQUEST), "did not answer in time", True),
        (refused(503), "is busy", True),
        (refused(529), "is busy", True),
        (openai.APIError("hunter2", REQUEST, body={"code": "server_error"}), "be reached", True),
        (openai.APIError("hunter2", REQUEST, body={"code": 429}), "is busy", True),
        (openai.APIError("hunter2", REQUEST, body={"code": 402}), "used up its quota", False),
        (IncompleteAnswer("hunter2", "max_output_tokens"), "became too long", False),
        (IncompleteAnswer("hunter2", "no such code"), "broke off", True),
        (ModelBehaviorError("hunter2"), "broke off", True),
        (RuntimeError("hunter2"), "Something went wrong", True),
    ],
)
async def test_each_model_failure_is_explained_to_the_user(
    chat: Chat, logged: list[dict[str, Any]], failure: Any, sentence: str, allow_retry: bool
) -> None:
    chat.model.extend([failure])
    events = await chat.say("Hi")
    assert types(events)[-1] == "error"
    assert sentence in events[-1]["message"]
    assert events[-1]["allow_retry"] is allow_retry
    assert "hunter2" not in json.dumps(events)
    [line] = [line for line in logged if line["message"] == "answer_failed"]
    assert line["request_id"]
    assert await chat.items(thread_of(events)) == [("user_message", "Hi")]


async def test_too_many_agent_steps_are_explained_to_the_user(chat: Chat) -> None:
    listed = [
        function_call("list_tasks", {}, call_id=f"c{step}") for step in range(assistant.max_steps)
    ]
    chat.model.extend([[call] for call in listed])
    events = await chat.say("Hi")
    assert "too many steps" in events[-1]["message"]
    assert events[-1]["allow_retry"] is False


@pytest.mark.parametrize("status", [401, 402, 403, 404, 429, 500, 502, 503, 504, 529])
def test_a_status_means_the_same_before_a_stream_and_as_a_code_within_it(status: int) -> None:
    within = openai.APIError("hunter2", REQUEST, body={"code": status})
    assert vars(stream_error(within)) == vars(stream_error(refused(status)))
