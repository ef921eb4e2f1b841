"""Each of the 16 operations over HTTP: what it answers, and what its bad twins get."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.operations import OPERATIONS, Operation, Params, Place
from tests.system.e2e.service import Stack, User, heard


def bad_twins(operation: Operation, at: Place) -> Iterator[tuple[User, Params, int]]:
    """Who sends what that is not taken, and the status that he gets."""
    good = operation.params(at)
    for name in good.keys() - {"limit", "order"}:
        yield at.user, {key: value for key, value in good.items() if key != name}, 400
    for change in operation.bad:
        yield at.user, good | change, 400
    if operation.is_refused:
        return
    if "thread_id" in good:
        yield at.other, good, 404
        yield at.user, good | {"thread_id": "thr_unknown"}, 404
        yield at.user, good | {"thread_id": "../.."}, 400
    if "item_id" in good:
        yield at.user, good | {"item_id": "msg_unknown"}, 404
    if "item_ids" in good:
        yield at.user, good | {"item_ids": [*good["item_ids"], "msg_unknown"]}, 404
    if "order" in good:
        yield at.user, good | {"after": "msg_unknown"}, 404


@pytest.fixture(scope="module")
def at(stack: Stack) -> Place:
    user = stack.user("tess")
    thread = user.say("Add a task to buy milk").thread
    message, *_, widget, _end_of_turn = user.items(thread)
    [row] = [child for child in widget["widget"]["children"] if "key" in child]
    return Place(user, stack.user("uwe"), thread, message["id"], widget["id"], row["key"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_what_is_bad_in_a_request_is_told_before_anything_happens(
    at: Place, operation: Operation
) -> None:
    before = at.user.items(at.thread)
    twins = list(bad_twins(operation, at))
    assert twins
    for user, params, status in twins:
        answer = user.ask(operation.name, **params)
        assert (answer.status_code, params) == (status, params)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["message"]
        assert answer.json()["code"] == {400: "invalid_request", 404: "not_found"}[status]
    assert at.user.items(at.thread) == before
    assert at.other.ask("threads.list").json()["data"] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_each_operation_is_answered_as_the_protocol_says(at: Place, operation: Operation) -> None:
    body = {"type": operation.name, "params": operation.params(at)}
    with at.user.http.stream("POST", "/chatkit", json=body, headers=at.user.headers) as answer:
        if operation.events:
            told = {event["type"] for event in heard(answer).events}
            assert set(operation.events) <= told
            assert "error" not in told
            return
        text = answer.read()
    if operation.json is None:
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    else:
        assert answer.status_code == 200
        operation.json.validate_json(text)


def test_there_are_sixteen() -> None:
    assert len({operation.name for operation in OPERATIONS}) == 16
