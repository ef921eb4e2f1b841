"""The answers of the 16 operations over HTTP to good and bad requests."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.operations import OPERATIONS, Operation, Params, Target
from tests.system.e2e.service import Stack, User, read_answer


def bad_requests(operation: Operation, target: Target) -> Iterator[tuple[User, Params, int]]:
    """Yield bad requests: the sender, the parameters and the expected status."""
    good = operation.params(target)
    for name in good.keys() - {"limit", "order"}:
        yield target.user, {key: value for key, value in good.items() if key != name}, 400
    for change in operation.bad:
        yield target.user, good | change, 400
    if operation.is_refused:
        return
    if "thread_id" in good:
        yield target.other, good, 404
        yield target.user, good | {"thread_id": "thr_unknown"}, 404
        yield target.user, good | {"thread_id": "../.."}, 400
    if "attachment_id" in good:
        yield target.other, good, 404
        yield target.user, good | {"attachment_id": "atc_unknown"}, 404
    if "item_id" in good:
        yield target.user, good | {"item_id": "msg_unknown"}, 404
    if "item_ids" in good:
        yield target.user, good | {"item_ids": [*good["item_ids"], "msg_unknown"]}, 404
    if "order" in good:
        yield target.user, good | {"after": "msg_unknown"}, 404


@pytest.fixture(scope="module")
def target(stack: Stack) -> Target:
    user = stack.user("tess")
    thread = user.say("Add a task to buy milk").thread
    message, *_, widget, _end_of_turn = user.items(thread)
    [row] = [child for child in widget["widget"]["children"] if "key" in child]
    other = stack.user("uwe")
    form = user.say('Use ask_user with {"questions": [{"question": "Which?"}]}').events[-1]["item"]
    waiting = user.say("Use local_time").thread
    return Target(user, other, thread, message["id"], widget["id"], row["key"], form, waiting)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_a_bad_request_is_refused_before_anything_changes(
    target: Target, operation: Operation
) -> None:
    before = target.user.items(target.thread)
    requests = list(bad_requests(operation, target))
    assert requests
    for user, params, status in requests:
        answer = user.ask(operation.name, **params)
        assert (answer.status_code, params) == (status, params)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["message"]
        assert answer.json()["code"] == {400: "invalid_request", 404: "not_found"}[status]
    assert target.user.items(target.thread) == before
    assert target.other.ask("threads.list").json()["data"] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_each_operation_is_answered_as_the_protocol_says(
    target: Target, operation: Operation
) -> None:
    body = {"type": operation.name, "params": operation.params(target)}
    with target.user.http.stream(
        "POST", "/chatkit", json=body, headers=target.user.headers
    ) as answer:
        if operation.events:
            kinds = {event["type"] for event in read_answer(answer).events}
            assert set(operation.events) <= kinds
            assert "error" not in kinds
            return
        text = answer.read()
    if operation.json is None:
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    else:
        assert answer.status_code == 200
        operation.json.validate_json(text)


def test_there_are_sixteen_operations() -> None:
    assert len({operation.name for operation in OPERATIONS}) == 16
