"""Genuine tokens where they are not valid: at another route, after revocation, for others' data."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.system.e2e.service import Stack, User
from tests.system.security.entry_points import EntryPoint, assert_refused
from tests.system.security.operations import with_ids, without_ids
from tests.system.security.storage import Storage

OPERATIONS = with_ids("thr_unknown", "msg_unknown") | without_ids()
# test_protocol.py checks that the SDK has 16 operations.
assert len(OPERATIONS) == 16


@dataclass(frozen=True)
class Victim:
    """A user whose thread another user tries to reach.

    `params_by_operation` has the parameters of each operation, with the ids of `thread` and `item`.
    """

    user: User
    thread: str
    item: str
    params_by_operation: dict[str, dict[str, Any]]

    def sees(self) -> list[Any]:
        """Return the victim's threads, and this thread with its items, as the API shows them."""
        asked = [
            self.user.ask("threads.list"),
            self.user.ask("threads.get_by_id", thread_id=self.thread),
            self.user.ask("items.list", thread_id=self.thread),
        ]
        return [answer.json() for answer in asked]


@pytest.fixture(scope="module")
def victim(stack: Stack) -> Victim:
    user = stack.user("victim")
    thread = user.say("Add a task to hide the heirloom").thread
    item = user.ask("items.list", thread_id=thread, order="asc").json()["data"][0]["id"]
    return Victim(user, thread, item, with_ids(thread, item))


@pytest.mark.parametrize("token", ["session", "chatkit", "mcp"])
@pytest.mark.parametrize("route", ["session", "chatkit", "page", "mcp"])
def test_a_token_is_accepted_only_at_its_own_route(
    entry_points: dict[str, EntryPoint], route: str, token: str
) -> None:
    answer = entry_points[route].ask(entry_points[token].genuine.signed)
    if token == {"page": "chatkit"}.get(route, route):
        assert answer.status_code < 300
    else:
        assert_refused(answer)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("token", ["session", "mcp"])
def test_a_session_is_shown_and_ended_only_by_its_client_secret(
    stack: Stack, entry_points: dict[str, EntryPoint], method: str, token: str
) -> None:
    headers = {"authorization": f"Bearer {entry_points[token].genuine.signed}"}
    assert_refused(stack.http.request(method, "/api/chatkit/session", headers=headers))


@pytest.fixture(scope="module")
def revoked(stack: Stack) -> User:
    user = stack.user("mallory")
    answer = stack.http.delete("/api/chatkit/session", headers=user.headers)
    assert answer.status_code == 204
    return user


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_revoked_session_is_refused(revoked: User, storage: Storage, operation: str) -> None:
    before = storage.rows()
    answer = revoked.ask(operation, **OPERATIONS[operation])
    assert_refused(answer)
    assert storage.rows() == before


def similar_id(some_id: str) -> str:
    """Return an unknown id of the same form."""
    return some_id[:-1] + ("1" if some_id[-1] == "0" else "0")


def rows_outside_the_gate(storage: Storage) -> list[Any]:
    """Return every row except the gate's, which change with each session and turn."""
    return [row for row in storage.rows() if row.get("sk") != {"S": "gate"}]


@pytest.mark.parametrize("operation", with_ids("", ""))
def test_another_users_ids_look_unknown(
    stack: Stack, victim: Victim, storage: Storage, operation: str
) -> None:
    mallory = stack.user("mallory")
    seen, stored = victim.sees(), rows_outside_the_gate(storage)
    answer = mallory.ask(operation, **victim.params_by_operation[operation])
    thread, item = similar_id(victim.thread), similar_id(victim.item)
    unknown = mallory.ask(operation, **with_ids(thread, item)[operation])
    # A page of the user's own threads may start at any point in time.
    expected = (200,) if operation == "threads.list" else (400, 404)
    assert answer.status_code in expected
    assert answer.status_code == unknown.status_code
    assert answer.text == unknown.text.replace(thread, victim.thread).replace(item, victim.item)
    assert "heirloom" not in answer.text
    assert victim.sees() == seen
    assert rows_outside_the_gate(storage) == stored


def test_another_users_item_is_not_found_in_ones_own_thread(stack: Stack, victim: Victim) -> None:
    mallory = stack.user("mallory")
    thread = mallory.say("Hi").thread
    for operation in ("threads.retry_after_item", "items.list", "items.feedback"):
        params = with_ids(thread, victim.item)[operation]
        answer = mallory.ask(operation, **params)
        assert "heirloom" not in answer.text
        if operation == "items.list":
            # `after` is only a position in the user's own thread, and reveals nothing of the item.
            assert answer.json()["data"] == []
        else:
            assert answer.status_code == 404
    assert victim.user.messages(victim.thread)[0][1].endswith("heirloom")
