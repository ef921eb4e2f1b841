"""The texts, images and files of messages and results that a model gets."""

import pytest

from chat_api.model.input.input_format import (
    RESPONSES,
    InputFormat,
)
from tests.unit.chat_api.model.histories import (
    FORMS,
    PIXEL,
    call,
    messages_of,
    normalized,
    over_chat,
    over_responses,
    result,
    said,
)

IMAGE = {"type": "input_image", "image_url": PIXEL}
FILE = {"type": "input_file", "filename": "plan.pdf", "file_data": "data:application/pdf;base64,"}


@pytest.mark.parametrize("form", [over_chat("m", images=False), over_responses("m", images=False)])
def test_a_line_replaces_an_image_that_the_model_cannot_see(form: InputFormat) -> None:
    message = said("Look")
    message["content"].append(IMAGE)
    shown, _, output = normalized([message, call(), result(output=[IMAGE])], form)
    line = "An image was here, which this model cannot see."
    assert shown["content"][1] == {"type": "input_text", "text": line}
    assert output["output"] == line


@pytest.mark.parametrize("form", [over_chat("m", files=False), over_responses("m", files=False)])
def test_a_line_replaces_a_file_that_the_model_cannot_read(form: InputFormat) -> None:
    message = said("Read")
    message["content"].append(FILE)
    shown, _, output = normalized([message, call(), result(output=[FILE])], form)
    line = "The file “plan.pdf” was here, which this model cannot read."
    assert shown["content"][1] == {"type": "input_text", "text": line}
    assert output["output"] == line


def test_chat_completions_gets_a_line_for_what_it_cannot_be_sent() -> None:
    message = said("Look")
    message["content"] += [
        {"type": "input_image", "file_id": "file_1"},
        {"type": "input_file", "file_url": "https://example.com/a"},
        IMAGE,
        FILE,
    ]
    [shown] = normalized([message], over_chat("m"))
    types = [each["type"] for each in shown["content"]]
    assert types == ["input_text", "input_text", "input_text", "input_image", "input_file"]
    messages_of([shown])


@pytest.mark.parametrize("form", FORMS)
def test_a_message_with_an_image_alone_has_no_empty_text(form: InputFormat) -> None:
    image = {"type": "input_image", "image_url": PIXEL}
    message = said("")
    message["content"].append(image)
    assert normalized([message], form)[0]["content"] == [image]


def test_multiple_texts_in_a_result_are_joined() -> None:
    parts = [{"type": "input_text", "text": text} for text in ("a", "b")]
    items = normalized([said("Hi"), call(), result(output=parts)], RESPONSES)
    assert items[-1]["output"] == "a\nb"


def test_only_the_newest_images_are_kept() -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 2_000_000}
    turn = [each for n in range(4) for each in (call(f"c{n}"), result(f"c{n}", [image]))]
    items = normalized([said("Hi"), *turn], RESPONSES)
    outputs = [item["output"] for item in items if "output" in item]
    assert [isinstance(output, list) for output in outputs] == [False, False, True, True]
