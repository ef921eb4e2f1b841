"""The shapes in which the outputs of tools reach a model."""

import json

import pytest

from local_stack.model.assistant.tool_outputs import Task, failure_in, read_output, tasks_in

MILK = {"id": "1", "title": "buy milk", "done": False}
MOM = {"id": "2", "title": "call Mom", "done": True}
BOTH = [Task("buy milk"), Task("call Mom", done=True)]


def part(value: object, kind: str = "text") -> dict[str, str]:
    return {"type": kind, "text": json.dumps(value)}


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"tasks": [MILK, MOM]}),
        json.dumps({"result": [MILK, MOM]}),
        json.dumps([MILK, MOM]),
        json.dumps(part({"tasks": [MILK, MOM]})),
        json.dumps([part({"tasks": [MILK, MOM]})]),
        [part({"tasks": [MILK, MOM]}, "input_text")],
        [part(MILK), part(MOM)],
    ],
)
def test_a_list_is_read_in_every_shape(raw: object) -> None:
    assert tasks_in(read_output(raw)) == BOTH


def test_one_part_with_one_task_is_a_list_of_one() -> None:
    assert tasks_in(read_output([part(MILK)])) == [Task("buy milk")]


def test_an_empty_list_has_no_tasks() -> None:
    assert tasks_in(read_output("[]")) == []


@pytest.mark.parametrize("output", ["Your tasks: buy milk", None, {"ok": True}, [{"name": "x"}]])
def test_output_without_tasks_is_not_an_empty_list(output: object) -> None:
    assert tasks_in(output) is None


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("Error executing tool delete_task: no task with id 7", "no task with id 7."),
        ("Error executing tool delete_task", "The tool failed."),
        ("An error occurred while running the tool.", "An error occurred while running the tool."),
    ],
)
def test_a_failure_keeps_the_words_of_the_tool(raw: str, sentence: str) -> None:
    assert failure_in(read_output(raw)) == sentence


@pytest.mark.parametrize("raw", ["Task added.", json.dumps({**MILK, "title": "fix error"}), "[]"])
def test_other_output_is_not_a_failure(raw: str) -> None:
    assert failure_in(read_output(raw)) is None
