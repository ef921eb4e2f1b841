"""A conversation over both APIs of a model's endpoint, with the real client."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from chat_api.api.routes import create_chat_app
from chat_api.conversation.approvals import APPROVE
from chat_api.conversation.server import ConversationServer
from chat_api.conversation.thread_titles import ThreadTitles
from chat_api.model.endpoints import create_client
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import internal_server
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from local_stack.model.app import create_app
from local_stack.model.model import Model, pause_of
from task_assistant.agent import assistant
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_attachments import PDF, PNG, TEXT, attach, send
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.waiting_turns import give, submit
from tests.unit.chat_api.wire import of_type, thread_of, types

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture(params=["responses", "chat_completions"])
async def chat(
    request: pytest.FixtureRequest,
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
) -> AsyncIterator[Chat]:
    """A chat whose model is the scripted assistant behind one of the APIs."""
    transport = httpx2.ASGITransport(app=create_app(Model(pause=pause_of(0))))
    async with create_client("http://model/v1", "any", transport) as client:
        run_config = create_run_config(
            one_endpoint(client, use_responses=request.param == "responses")
        )
        server = ConversationServer(
            store,
            transcript,
            ToolServers(
                [
                    internal_server(
                        LambdaTransport(lambda: tool_function.client, "McpFunction"), keys
                    )
                ]
            ),
            run_config,
            replace(assistant, approvals={"reopen_task": "always"}),
            namer=ThreadTitles(run_config, model=None).title_for,
        )
        app = create_chat_app(server, gate, keys, allowed_origins=())
        yield Chat(app, gate, keys, provider.model)


async def test_each_message_has_its_own_id(chat: Chat) -> None:
    events = await chat.say("Hello")
    thread = thread_of(events)
    await chat.say("Thanks", thread)
    ids = [item["id"] for item in of_type(await chat.shown(thread), "assistant_message")]
    assert len(set(ids)) == 2
    assert all(each.startswith("msg_0") for each in ids)
    deltas = {event["item_id"] for event in of_type(events, "thread.item.updated")}
    assert deltas == {ids[0]}


async def test_tools_are_called_remembered_and_shown(
    chat: Chat, tool_function: ToolFunction
) -> None:
    thread = thread_of(await chat.say("Add a task to buy milk and add a task to call Mom"))
    assert sorted(tool_function.titles("alice")) == ["buy milk", "call Mom"]
    kinds = [item["type"] for item in await chat.shown(thread)]
    assert kinds == ["user_message", "workflow", "assistant_message", "widget", "end_of_turn"]
    await chat.say("Mark it as done", thread)
    assert "done" in (await chat.items(thread))[-1][1]


async def test_answer_continues_with_the_result_of_the_page(chat: Any) -> None:
    events = await chat.say("Use local_time")
    thread = thread_of(events)
    assert events[-1]["item"]["name"] == "local_time"
    chat.events(await give(chat, thread, {"time": "12:00"}))
    assert (await chat.items(thread))[-1][1] == 'local_time answered: {"time": "12:00"}'


async def test_answer_continues_with_what_the_user_answered_or_without(chat: Any) -> None:
    ask = 'Use ask_user with {"questions": [{"question": "Which one?"}]}'
    events = await chat.say(ask)
    thread = thread_of(events)
    chat.events(await submit(chat, events[-1]["item"], "the blue one"))
    assert "the blue one" in (await chat.items(thread))[-1][1]
    assert (await chat.say(ask, thread))[-1]["item"]["status"] == "pending"
    await chat.say("Hello", thread)
    [_, form] = of_type(await chat.shown(thread), "structured_input")
    assert form["status"] == "skipped"
    assert types(await chat.shown(thread))[-1] == "end_of_turn"


async def test_plan_is_made_from_the_answers(chat: Any, tool_function: ToolFunction) -> None:
    form = (await chat.say("Help me plan my week"))[-1]["item"]
    given = (["call Mom"], ["Wednesday"], ["Exercise", "Free evenings"])
    answers = {
        each["id"]: {"values": values} for each, values in zip(form["inputs"], given, strict=True)
    }
    chat.events(
        await chat.send(
            "threads.add_structured_input",
            thread_id=form["thread_id"],
            item_id=form["id"],
            input={"answers": answers},
        )
    )
    assert tool_function.titles("alice") == ["call Mom"]
    assert "Exercise and Free evenings" in (await chat.items(form["thread_id"]))[-1][1]


async def test_approved_call_runs_with_the_arguments_that_were_shown(
    chat: Any, tool_function: Any
) -> None:
    thread = thread_of(await chat.say("Add a task to buy milk"))
    form = (await chat.say('Use reopen_task with {"task": "buy milk"}', thread))[-1]["item"]
    [question] = form["inputs"]
    assert 'task: "buy milk"' in question["question"]
    assert tool_function.calls.count("reopen_task") == 0
    answered = await chat.send(
        "threads.add_structured_input",
        thread_id=thread,
        item_id=form["id"],
        input={"answers": {question["id"]: {"values": [APPROVE]}}},
    )
    chat.events(answered)
    assert tool_function.calls.count("reopen_task") == 1
    assert "reopen_task answered" in (await chat.items(thread))[-1][1]


async def test_tokens_are_counted_and_the_thread_gets_a_title(
    chat: Chat, logged: list[dict[str, Any]]
) -> None:
    thread = thread_of(await chat.say("Hello"))
    [line] = [line for line in logged if line["message"] == "turn_closed"]
    assert line["tokens_in"] > 0
    assert line["tokens_out"] > 0
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    assert opened["title"] == "Hello"


@pytest.mark.parametrize(
    ("fault", "sentence", "allow_retry"),
    [
        ("rate_limit_exceeded", "is busy", True),
        ("insufficient_quota", "used up its quota", False),
        ("invalid_api_key", "its key was refused", False),
        ("model_not_found", "its model was not found", False),
        ("context_length_exceeded", "too long to go on", False),
        ("content_policy_violation", "not allowed to answer this", False),
        ("server_error", "cannot be reached", True),
        ("endless calls", "too many steps", False),
    ],
)
async def test_each_model_failure_has_its_own_message(
    chat: Chat, fault: str, sentence: str, allow_retry: bool
) -> None:
    events = await chat.say(f"Fail with {fault}")
    assert events[-1]["type"] == "error"
    assert sentence in events[-1]["message"]
    assert events[-1]["allow_retry"] is allow_retry


async def test_files_are_taken_over_either_api(chat: Chat, files_client: "S3Client") -> None:
    # The scripted assistant refuses a request that the strictest endpoints would refuse.
    ids = [
        await attach(chat, files_client, "cat.png", PNG, "image/png"),
        await attach(chat, files_client, "bill.pdf", PDF, "application/pdf"),
        await attach(chat, files_client, "list.txt", TEXT, "text/plain"),
    ]
    events = await send(chat, *ids, text="Thanks")
    assert "error" not in types(events)
    assert of_type(await chat.shown(thread_of(events)), "assistant_message")
