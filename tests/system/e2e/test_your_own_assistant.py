"""The assistant of docs/guides/your-own-assistant.md, tested over HTTP in one stack."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.system.e2e.guide import PAGE_STEPS, PARAMETERS, QUESTION, changed_project, follow
from tests.system.e2e.service import Stack, StreamedAnswer, User, stack_of
from tests.system.e2e.shop import Shop

UNREACHABLE = "The shop's orders cannot be reached right now."
JSON = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def shop(project: Path) -> Shop:
    return Shop(project)


@pytest.fixture(scope="module")
def running(project: Path, shop: Shop) -> Iterator[Stack]:
    command = (sys.executable, "-m", "local_stack", "run", "--port", "0")
    environment = {"PARAMETERS": PARAMETERS.replace("8001", str(shop.port))}
    with stack_of(command, project, environment) as stack:
        yield stack


@pytest.fixture
def alice(running: Stack) -> User:
    return running.user("alice")


def widgets_of(user: User, reply: StreamedAnswer) -> list[dict[str, Any]]:
    return [item for item in user.items(reply.thread) if item["type"] == "widget"]


def buttons_of(widget: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [child for child in widget["widget"]["children"] if child["type"] == "Row"]
    return [part for row in rows for part in row["children"] if part["type"] == "Button"]


def press(
    user: User, reply: StreamedAnswer, widget: dict[str, Any], *, streamed: bool
) -> httpx2.Response:
    """Press the first button of a widget."""
    action = buttons_of(widget)[0]["onClickAction"]
    return user.ask(
        "threads.custom_action" if streamed else "threads.sync_custom_action",
        thread_id=reply.thread,
        item_id=widget["id"],
        action={"type": action["type"], "payload": action["payload"]},
    )


def mcp(stack: Stack, user: str, method: str, **params: Any) -> dict[str, Any]:
    """Return the result of a request to /mcp by a client of the user."""
    asked = {"user": user, "audience": f"{stack.address}/mcp"}
    token = stack.http.post("/local/token", json=asked).json()["token"]
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = JSON | {"authorization": f"Bearer {token}"}
    result: dict[str, Any] = stack.http.post("/mcp", json=body, headers=headers).json()["result"]
    return result


def test_orders_that_can_be_canceled_are_shown_with_a_button(alice: User, shop: Shop) -> None:
    with shop.open():
        reply = alice.say(QUESTION)
    assert "A-1001" in reply.text
    [widget] = widgets_of(alice, reply)
    assert "Coffee beans: A-1001, 24.90, shipped" in widget["copy_text"]
    [button] = buttons_of(widget)
    assert button["onClickAction"]["payload"] == {"number": "A-1002"}
    assert "List the orders" in json.dumps(alice.items(reply.thread))


@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "sync"])
def test_a_button_pressed_twice_cancels_once(alice: User, shop: Shop, streamed: bool) -> None:
    with shop.open():
        reply = alice.say(QUESTION)
        [shown] = widgets_of(alice, reply)
        first = press(alice, reply, shown, streamed=streamed)
        again = press(alice, reply, shown, streamed=streamed)
        assert {"status": "canceled", "refunds": 1}.items() <= shop.order("A-1002").items()
        assert "Order A-1002 is no longer open." in again.text
    assert (first.status_code, again.status_code) == (200, 200)
    assert "A-1002, 49.00, canceled" in first.text
    [kept] = widgets_of(alice, reply)
    assert buttons_of(kept) == []
    assert "no longer open" not in json.dumps(kept)


@pytest.mark.deep
def test_a_call_repeated_with_its_key_cancels_once(running: Stack, shop: Shop) -> None:
    call = {"name": "cancel_order", "arguments": {"number": "A-1002"}}
    keys = ["ä key", "ä key", "another"]
    with shop.open():
        results = [
            mcp(
                running,
                "alice",
                "tools/call",
                **call,
                _meta={"chatkit-on-lambda/idempotency-key": key},
            )
            for key in keys
        ]
        assert shop.order("A-1002")["refunds"] == 1
    assert [each["isError"] for each in results] == [False, False, True]
    assert "can no longer be canceled" in results[-1]["content"][0]["text"]


def test_another_user_can_neither_see_nor_cancel_an_order(running: Stack, shop: Shop) -> None:
    bob, carla = running.user("bob"), running.user("carla")
    with shop.open():
        reply = bob.say(QUESTION)
        assert "B-2001" in reply.text
        assert "A-100" not in reply.text + json.dumps(bob.items(reply.thread))
        for tool in ("show_order", "cancel_order"):
            text = bob.say(f'Use {tool} with {{"number": "A-1002"}}').text
            assert "The user has no such order." in text
        assert shop.order("A-1002")["status"] == "placed"
        assert widgets_of(carla, carla.say(QUESTION)) == []


def ended_normally(reply: StreamedAnswer) -> bool:
    last: dict[str, Any] = reply.events[-1]["item"]
    return last["type"] == "end_of_turn" and not any(e["type"] == "error" for e in reply.events)


@pytest.mark.deep
def test_an_unreachable_shop_is_reported_and_the_answer_ends_normally(
    alice: User, shop: Shop
) -> None:
    with shop.open():
        before = alice.say(QUESTION)
    reply = alice.say(QUESTION)
    assert UNREACHABLE in reply.text
    assert ended_normally(reply)
    assert widgets_of(alice, reply) == []
    assert "Failed: List the orders" in json.dumps(alice.items(reply.thread))
    [shown] = widgets_of(alice, before)
    streamed = press(alice, before, shown, streamed=True)
    sync = press(alice, before, shown, streamed=False)
    assert (streamed.status_code, sync.status_code) == (200, 503)
    for answer in (streamed, sync):
        assert "Your tools cannot be reached right now." in answer.text


@pytest.mark.deep
def test_a_wrong_key_is_reported_and_logged_without_its_value(
    running: Stack, alice: User, shop: Shop
) -> None:
    with shop.open("another-key"):
        reply = alice.say(QUESTION)
        changed = alice.say('Use cancel_order with {"number": "A-1002"}')
    assert UNREACHABLE in reply.text
    assert "It is not known whether this was done." in changed.text
    assert ended_normally(reply)
    assert ended_normally(changed)
    assert '"message":"orders_unavailable"' in running.logged()
    assert "401 Unauthorized" in running.logged()
    assert shop.key not in running.logged()


def test_mcp_clients_find_the_order_tools_and_no_task_tools(running: Stack) -> None:
    listed = mcp(running, "alice", "tools/list")["tools"]
    assert [tool["name"] for tool in listed] == ["list_orders", "show_order", "cancel_order"]
    metadata = running.http.get("/.well-known/oauth-protected-resource/mcp").json()
    assert metadata["resource_name"] == "Orders"
    assert metadata["scopes_supported"] == ["orders", "orders:read"]
    assert "task" not in json.dumps([listed, metadata]).lower()


@pytest.mark.deep
def test_a_new_function_tool_reads_the_pages_header_in_the_next_message(
    project: Path, alice: User
) -> None:
    alice.headers["X-Page"] = "/orders/7?x=%C3%BC"
    before = alice.say("Use current_page with {}")
    follow(PAGE_STEPS, project)
    after = alice.say("Use current_page with {}")
    assert "/orders/7" not in before.text
    assert "/orders/7?x=%C3%BC" in after.text


@pytest.mark.deep
def test_a_bug_in_a_widget_keeps_the_answer_and_is_logged_with_its_line(
    running: Stack, project: Path, alice: User, shop: Shop
) -> None:
    file = project / "functions/chatkit/order_assistant/order_list.py"
    good = file.read_text()
    bad = good.replace('{"type": "Caption", "value": order.text}', "order.missing")
    [line] = [number for number, text in enumerate(bad.splitlines(), 1) if "order.missing" in text]
    file.write_text(bad)
    with shop.open():
        reply = alice.say(QUESTION)
    file.write_text(good)
    assert "A-1001" in reply.text
    [notice] = [event for event in reply.events if event["type"] == "notice"]
    assert "could not be shown" in notice["message"]
    assert ended_normally(reply)
    assert f"order_list.py:{line} _row" in running.logged()
