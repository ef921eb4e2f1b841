"""Each vendor's context overflow error is recognized."""

from typing import Any

import httpx2
import openai
import pytest

from chat_api.errors import TOO_LONG, stream_error
from tests.unit.chat_api.wire import REQUEST


def refused(status: int, body: Any) -> Exception:
    """Return the error that the client raises for an endpoint's response."""
    client = openai.AsyncOpenAI(api_key="x")
    response = httpx2.Response(status, request=REQUEST, json=body)
    error: Exception = client._make_status_error_from_response(response)
    return error


def said(message: str, code: object = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": code}}


VLLM = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens"
OVERFLOWS = {
    "openai": (400, said("Your input exceeds the context window of this model.")),
    "azure": (400, said(VLLM, "context_length_exceeded")),
    "gemini": (
        400,
        [
            {
                "error": {
                    "code": 400,
                    "message": "The input token count (1200000) exceeds the maximum number of"
                    " tokens allowed (1048576).",
                    "status": "INVALID_ARGUMENT",
                }
            }
        ],
    ),
    "anthropic": (400, said("prompt is too long: 208310 tokens > 200000 maximum")),
    "anthropic with an answer": (
        400,
        said("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
    ),
    "bedrock": (400, said("Input is too long for requested model.")),
    "nova": (400, said("Number of input tokens exceeds maximum length.")),
    "vllm": (400, said(VLLM, 400)),
    "vllm without a bound": (400, said("max_tokens must be at least 1, got -904.")),
    "vllm's engine": (
        400,
        said("The decoder prompt (length 5000) is longer than the maximum model length of 4096."),
    ),
    "ollama": (400, said("prompt too long; exceeded max context length by 4 tokens")),
    "ollama's runner": (500, said("the input length exceeds the context length")),
    "llama.cpp": (
        400,
        said("the request exceeds the available context size, try increasing it", 400),
    ),
    "older llama.cpp": (500, said("the request exceeds the available context size")),
    "mistral": (
        422,
        said("Prompt contains 40000 tokens, too large for model with 32768 maximum context length"),
    ),
    "openrouter": (
        400,
        said(
            "This endpoint's maximum context length is 200000 tokens. However, you requested", 400
        ),
    ),
    "xai": (400, said("This model's maximum prompt length is 131072 but the request contains")),
    "tgi": (422, said("Input validation error: `inputs` must have less than 4096 tokens.")),
    "cohere": (400, said("too many tokens: total number of tokens in the prompt cannot exceed 4")),
    "a proxy": (413, "<html>413 Request Entity Too Large</html>"),
    "groq": (413, said("Request too large for model `x`", "rate_limit_exceeded")),
    "openai's minute": (429, said("Request too large for gpt-x on TPM", "rate_limit_exceeded")),
    "a long text": (
        400,
        said(
            "Invalid 'input': string too long. Expected a string with maximum length 10485760",
            "string_above_max_length",
        ),
    ),
}
OTHERS = {
    "the answer's bound": (400, said("max_tokens is too large: 100000. This model supports")),
    "the answer's bound in vllm": (
        400,
        said(
            "'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum"
            " context length is 4096 tokens and your request has 100 input tokens"
        ),
    ),
    "a long id": (
        400,
        said(
            "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with"
            " maximum length 40",
            "string_above_max_length",
        ),
    ),
    "throttling": (429, said("Too many tokens, please wait before trying again.")),
    "an image": (400, said("Image is too large")),
    "a missing model": (404, said("No model with that context length")),
    "a code of another form": (400, said("Nothing of the kind", ["x"])),
    "no words": (400, None),
}


@pytest.mark.parametrize("maker", OVERFLOWS)
def test_an_overflow_is_explained_as_too_long(maker: str) -> None:
    error = stream_error(refused(*OVERFLOWS[maker]))
    assert getattr(error, "message", None) == TOO_LONG.sentence
    assert error.allow_retry is False


@pytest.mark.parametrize("fault", OTHERS)
def test_another_refusal_is_not_explained_as_too_long(fault: str) -> None:
    assert getattr(stream_error(refused(*OTHERS[fault])), "message", None) != TOO_LONG.sentence


def test_an_overflow_during_the_stream_is_explained_as_too_long() -> None:
    error = openai.APIError(VLLM, REQUEST, body={"message": VLLM, "code": 400})
    assert getattr(stream_error(error), "message", None) == TOO_LONG.sentence
