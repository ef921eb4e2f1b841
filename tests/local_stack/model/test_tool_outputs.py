import json

import pytest

from local_stack.model.tool_outputs import Task, failure_in, read_output, tasks_in

MILK = {"id": "1", "title": "buy milk", "done": False}
MUM = {"id": "2", "title": "call mum", "done": True}
BOTH = [Task("1", "buy milk"), Task("2", "call mum", done=True)]


def part(value: object, kind: str = "text") -> dict[str, str]:
    return {"type": kind, "text": json.dumps(value)}


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({"tasks": [MILK, MUM]}),
        json.dumps({"result": [MILK, MUM]}),
        json.dumps([MILK, MUM]),
        json.dumps(part({"tasks": [MILK, MUM]})),
        json.dumps([part({"tasks": [MILK, MUM]})]),
        [part({"tasks": [MILK, MUM]}, "input_text")],
        [part(MILK), part(MUM)],
    ],
)
def test_a_list_is_read_in_every_shape_in_which_it_arrives(raw: object) -> None:
    assert tasks_in(read_output(raw)) == BOTH


def test_one_part_with_one_task_is_a_list_of_one() -> None:
    assert tasks_in(read_output([part(MILK)])) == [Task("1", "buy milk")]


def test_no_tasks_are_an_empty_list() -> None:
    assert tasks_in(read_output("[]")) == []


def test_an_id_keeps_its_type() -> None:
    assert tasks_in([{"id": 7, "title": "a"}]) == [Task(7, "a")]


@pytest.mark.parametrize("output", ["Your tasks: buy milk", None, {"ok": True}, [{"name": "x"}]])
def test_what_holds_no_tasks_is_not_read_as_an_empty_list(output: object) -> None:
    assert tasks_in(output) is None


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("Error executing tool delete_task: no task with id 7", "no task with id 7."),
        ("Error executing tool delete_task", "The tool failed."),
        ("An error occurred while running the tool.", "An error occurred while running the tool."),
        ('{"error": "the title is too long"}', "the title is too long."),
        ('{"error": {"message": "Too many tasks!"}}', "Too many tasks!"),
        ({"isError": True, "content": [{"type": "text", "text": "no"}]}, "no."),
    ],
)
def test_a_failure_is_told_in_its_own_words(raw: object, sentence: str) -> None:
    assert failure_in(read_output(raw)) == sentence


@pytest.mark.parametrize("raw", ["Task added.", json.dumps({**MILK, "title": "fix error"}), "[]"])
def test_anything_else_is_no_failure(raw: str) -> None:
    assert failure_in(read_output(raw)) is None
