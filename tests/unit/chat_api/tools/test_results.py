"""Tool results in the form in which the model receives them."""

import json
from typing import Any

import pytest
from mcp_types import CallToolResult, ImageContent, TextContent

from chat_api.model.texts import json_bytes
from chat_api.tools.results import NO_REASON, NOTHING, for_model

PIXEL = "iVBORw0KGgo="
LINK = {"type": "resource_link", "name": "Report", "uri": "https://x.test/r", "description": "May"}


def returned(*content: dict[str, Any], **more: Any) -> CallToolResult:
    return CallToolResult.model_validate({"content": content, **more})


def text(result: CallToolResult) -> str:
    first = result.content[0]
    assert isinstance(first, TextContent)
    return first.text


def resource(**members: Any) -> dict[str, Any]:
    return {"type": "resource", "resource": {"uri": "file:///a", **members}}


@pytest.mark.parametrize("structured", [{"sky": "ЗЕЛЁНОЕ"}, [1, 2], "word", 0, {}])
def test_structured_content_without_text_becomes_the_text(structured: Any) -> None:
    result = for_model(returned(structuredContent=structured))
    assert json.loads(text(result)) == structured
    assert result.structured_content == structured


def test_structured_content_beside_a_text_is_not_repeated() -> None:
    given = returned({"type": "text", "text": "Green."}, structuredContent={"sky": "green"})
    assert text(for_model(given)) == "Green."


@pytest.mark.parametrize(
    ("block", "description"),
    [
        ({"type": "audio", "data": "AAAA", "mimeType": "audio/wav"}, "audio"),
        (LINK, "https://x.test/r (Report: May)"),
        (resource(text="Hello", mimeType="text/plain"), "file:///a:\nHello"),
        (resource(blob="AAAA", mimeType="application/pdf"), "application/pdf"),
        (resource(blob="AAAA"), "file:///a"),
        ({"type": "image", "data": PIXEL, "mimeType": "image/png"}, "image/png"),
        ({"type": "image", "data": "PHN2Zz4=", "mimeType": "image/svg+xml"}, "image/svg+xml"),
    ],
)
def test_each_kind_of_content_is_described_in_a_line(
    block: dict[str, Any], description: str
) -> None:
    assert description in text(for_model(returned(block)))


@pytest.mark.parametrize(
    ("block", "images"),
    [
        ({"type": "image", "data": PIXEL, "mimeType": "image/png"}, 1),
        ({"type": "image", "data": PIXEL, "mimeType": "IMAGE/PNG"}, 1),
        (resource(blob=PIXEL, mimeType="image/png"), 1),
        ({"type": "image", "data": PIXEL, "mimeType": "image/svg+xml"}, 0),
        ({"type": "image", "data": "not base64!", "mimeType": "image/png"}, 0),
        ({"type": "image", "data": "", "mimeType": "image/png"}, 0),
        ({"type": "image", "data": "A" * 6_000_000, "mimeType": "image/png"}, 0),
    ],
)
def test_only_images_that_endpoints_accept_are_sent(block: Any, images: int) -> None:
    content = for_model(returned(block)).content
    assert [isinstance(each, ImageContent) for each in content] == [False] + [True] * images


@pytest.mark.parametrize("content", [[], [{"type": "text", "text": ""}]])
def test_an_empty_result_says_that_it_is_empty(content: Any) -> None:
    assert text(for_model(returned(*content))) == NOTHING
    failed = for_model(returned(*content, isError=True))
    assert text(failed) == NO_REASON
    assert failed.is_error


@pytest.mark.parametrize("is_error", [False, True])
@pytest.mark.parametrize("letter", ["a", "ж", "😀", '"', "\ud83d"])
def test_a_long_result_is_shortened(letter: str, is_error: bool) -> None:
    given = returned({"type": "text", "text": "begin" + letter * 50_000}, isError=is_error)
    result = for_model(given, room=10_000)
    assert json_bytes(text(result)) <= 10_002
    assert text(result).startswith("begin")
    assert "characters left out" in text(result)
    assert result.is_error is is_error


def test_multiple_texts_share_the_space() -> None:
    given = returned(*[{"type": "text", "text": "x" * 1_000}] * 50)
    result = for_model(given, room=10_000)
    assert len(result.content) == 1
    assert len(text(result)) <= 10_000


def test_long_structured_content_is_shortened_and_not_kept_separately() -> None:
    result = for_model(returned(structuredContent={"rows": ["x" * 100] * 1_000}), room=10_000)
    assert len(text(result)) <= 10_000
    assert text(result).startswith('{"rows":')
    assert result.structured_content is None
