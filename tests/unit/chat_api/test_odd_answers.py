"""A conversation with an endpoint that violates its API: what is shown and remembered."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import AsyncOpenAI

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_run_config
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import internal_server
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from task_assistant.agent import assistant
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.model.endpoint import (
    Body,
    Endpoint,
    call,
    called,
    chunk,
    created,
    ended,
    event,
    message,
    piece,
    said,
    sse,
)
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import of_type, thread_of, types


class OddChat(Chat):
    """A chat whose model is an endpoint with one of the two APIs."""

    endpoint: Endpoint
    over_responses: bool

    def answers(self, *answers: tuple[Body, Body]) -> None:
        """Set the endpoint's answers, each for Responses and for Chat Completions."""
        self.endpoint.answers += [each[not self.over_responses] for each in answers]

    @property
    def given(self) -> list[Any]:
        """Return the input of the model's last request."""
        request = self.endpoint.requests[-1]
        given: list[Any] = request["input" if self.over_responses else "messages"]
        return given


@pytest.fixture(params=["responses", "chat_completions"])
async def chat(
    request: pytest.FixtureRequest,
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    gate: Gate,
    keys: Keys,
    provider: Scripted,
) -> AsyncIterator[OddChat]:
    endpoint = Endpoint()
    over_responses = request.param == "responses"
    async with endpoint.http() as http:
        client = AsyncOpenAI(api_key="any", base_url="http://model/v1", http_client=http)
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
            create_run_config(one_endpoint(client, use_responses=over_responses)),
            assistant,
        )
        app = create_chat_app(server, gate, keys, allowed_origins=())
        chat = OddChat(app, gate, keys, provider.model)
        chat.endpoint, chat.over_responses = endpoint, over_responses
        yield chat


def text_answer(*bits: str) -> tuple[Body, Body]:
    item = message("".join(bits))
    over_chat = sse(*(chunk(content=each) for each in bits), chunk("stop"))
    return sse(created(), *said(item, *bits), ended(item)), over_chat


def calls(*titles: str) -> tuple[Body, Body]:
    """Return calls that share one id and, over Chat Completions, one index."""
    made = [call("add_task", f'{{"title": "{each}"}}', "call_0") for each in titles]
    events = [each for index, one in enumerate(made) for each in called(one, index)]
    pieces = [piece(one["name"], one["arguments"], index=0, id="call_0") for one in made]
    over_chat = sse(*(chunk(tool_calls=[each]) for each in pieces), chunk("tool_calls"))
    return sse(created(), *events, ended(*made)), over_chat


def pairs(given: list[Any]) -> list[tuple[str, str]]:
    """Return the arguments of each call in an input, with its result."""
    made: dict[str, str] = {}
    found = []
    for entry in given:
        if entry.get("type") == "function_call":
            assert entry["call_id"] not in made
            made[entry["call_id"]] = entry["arguments"]
        for each in entry.get("tool_calls") or ():
            assert each["id"] not in made
            made[each["id"]] = each["function"]["arguments"]
        if entry.get("type") == "function_call_output":
            found.append((made[entry["call_id"]], str(entry["output"])))
        if entry.get("role") == "tool":
            found.append((made[entry["tool_call_id"]], str(entry["content"])))
    assert len(found) == len(made)
    return found


async def test_calls_that_share_an_id_keep_their_arguments_and_results(
    chat: OddChat, tool_function: ToolFunction
) -> None:
    chat.answers(calls("milk", "bread"), calls("eggs"), text_answer("Done."))
    thread = thread_of(await chat.say("Add milk, bread and eggs"))
    assert sorted(tool_function.titles("alice")) == ["bread", "eggs", "milk"]
    chat.answers(calls("tea"), text_answer("Done."))
    events = await chat.say("And tea", thread)
    assert types(events)[-1] == "thread.item.done"
    found = pairs(chat.given)
    assert len(found) == 4
    for title, (arguments, result) in zip(["milk", "bread", "eggs", "tea"], found, strict=True):
        assert title in arguments
        assert title in result
    shown = of_type(await chat.shown(thread), "workflow")
    assert [task["title"] for each in shown for task in each["workflow"]["tasks"]] == [
        "Added “milk”",
        "Added “bread”",
        "Added “eggs”",
        "Added “tea”",
    ]


HALF = "The first half of"
BROKEN = [
    (sse(created(), *said(message(HALF), HALF)[:3]), sse(chunk(content=HALF))),
    (
        sse(
            created(),
            *said(message(HALF), HALF),
            ended(
                message(HALF),
                status="incomplete",
                incomplete_details={"reason": "max_output_tokens"},
            ),
        ),
        sse(chunk(content=HALF), chunk("length")),
    ),
    (
        sse(created(), *said(message(HALF), HALF)[:3], {"error": {"code": 502, "message": "x"}}),
        sse(chunk(content=HALF), {"error": {"code": 502, "message": "x"}}),
    ),
]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [*zip(BROKEN, ["broke off", "became too long", "cannot be reached"], strict=True)],
)
async def test_interrupted_answer_is_kept_and_shown_to_the_next_turns_model(
    chat: OddChat, answer: tuple[Body, Body], sentence: str
) -> None:
    chat.answers(answer)
    events = await chat.say("Tell me")
    assert types(events)[-1] == "error"
    assert sentence in events[-1]["message"]
    thread = thread_of(events)
    items = await chat.shown(thread)
    assert [item["type"] for item in items] == ["user_message", "assistant_message"]
    assert items[-1]["content"][0]["text"] == HALF
    chat.answers(text_answer("Yes."))
    assert types(await chat.say("Are you there?", thread))[-1] == "thread.item.done"
    assert HALF in str(chat.given)
    assert "stopped here before its end" in str(chat.given)


async def test_all_text_before_a_failure_is_kept(chat: OddChat) -> None:
    bits = [f"w{number} " for number in range(300)]
    failure = {"error": {"code": 502, "message": "x"}}
    started = said(message("".join(bits)), *bits)[: 2 + len(bits)]
    over_chat = sse(*(chunk(content=each) for each in bits), failure)
    chat.answers((sse(created(), *started, failure), over_chat))
    events = await chat.say("Tell me")
    assert types(events)[-1] == "error"
    shown = await chat.shown(thread_of(events))
    assert shown[-1]["content"][0]["text"] == "".join(bits)


async def test_citations_are_streamed_and_kept_after_a_reload(chat: OddChat) -> None:
    url = {"url": "https://example.com/a", "title": "A page", "start_index": 0, "end_index": 3}
    citation = {"type": "url_citation", **url}
    item = message("See.", annotations=[citation])
    events = said(item, "See.")
    kind = "response.output_text.annotation.added"
    position = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "annotation_index": 0}
    events.insert(3, event(kind, **position, annotation=citation))
    nested = {"type": "url_citation", "url_citation": url}
    over_chat = sse(chunk(content="See."), chunk(annotations=[nested]), chunk("stop"))
    chat.answers((sse(created(), *events, ended(item)), over_chat))
    events = await chat.say("Where?")
    assert types(events)[-1] == "thread.item.done"
    live = [each["item"] for each in of_type(events, "thread.item.done")]
    thread = thread_of(events)
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    for items in (live, await chat.shown(thread), opened["items"]["data"]):
        [answer] = of_type(items, "assistant_message")
        [annotation] = answer["content"][0]["annotations"]
        assert annotation["source"]["url"] == "https://example.com/a"


async def test_reasoning_is_shown_separately_and_not_sent_back(chat: OddChat) -> None:
    chat.answers(text_answer("<think>", "Secret plan", ".</think>", "\n\nHello", "."))
    thread = thread_of(await chat.say("Hi"))
    items = await chat.shown(thread)
    assert [item["type"] for item in items] == [
        "user_message",
        "workflow",
        "assistant_message",
        "end_of_turn",
    ]
    assert items[1]["workflow"]["tasks"][0]["content"] == "Secret plan."
    assert items[2]["content"][0]["text"] == "Hello."
    chat.answers(text_answer("Yes."))
    await chat.say("Still there?", thread)
    assert "Hello." in str(chat.given)
    assert "Secret" not in str(chat.given)


async def test_reasoning_before_a_call_leaves_no_empty_message(chat: OddChat) -> None:
    text = "<think>A task, then.</think>\n\n"
    made = call("add_task", '{"title": "milk"}', "c")
    events = [*said(message(text), text), *called(made, 1)]
    pieces = [piece(made["name"], made["arguments"], index=0, id="c")]
    over_chat = sse(chunk(content=text), chunk(tool_calls=pieces), chunk("tool_calls"))
    answer = sse(created(), *events, ended(message(text), made)), over_chat
    chat.answers(answer, text_answer("Added."))
    thread = thread_of(await chat.say("Add milk"))
    messages = of_type(await chat.shown(thread), "assistant_message")
    assert [each["content"][0]["text"] for each in messages] == ["Added."]
    assert "A task, then" not in str(chat.given)


def summarized(*parts: str) -> tuple[Body, Body]:
    """Return an answer after reasoning in a field of its own: summaries, or `reasoning_content`."""
    summary = [{"type": "summary_text", "text": part} for part in parts]
    thought = {"type": "reasoning", "id": "rs_1", "summary": summary}
    kind, position = "response.reasoning_summary_text", {"item_id": "rs_1", "output_index": 0}
    events = [event("response.output_item.added", output_index=0, item={**thought, "summary": []})]
    for index, part in enumerate(parts):
        events += [
            event(f"{kind}.delta", **position, summary_index=index, delta=part),
            event(f"{kind}.done", **position, summary_index=index, text=part),
        ]
    events.append(event("response.output_item.done", output_index=0, item=thought))
    item = message("Hello.")
    over_responses = sse(created(), *events, *said(item, "Hello.", index=1), ended(thought, item))
    chunks = [chunk(reasoning_content=part) for part in parts]
    return over_responses, sse(*chunks, chunk(content="Hello."), chunk("stop"))


async def test_reasoning_in_a_field_of_its_own_is_shown_as_thoughts(chat: OddChat) -> None:
    chat.answers(summarized("**Plan** First this.", " Then that."))
    events = await chat.say("Hi")
    live = [each["item"] for each in of_type(events, "thread.item.done")]
    for items in (live, await chat.shown(thread_of(events))):
        [workflow] = of_type(items, "workflow")
        tasks = workflow["workflow"]["tasks"]
        assert {task["type"] for task in tasks} == {"thought"}
        shown = "".join(task["content"] for task in tasks)
        assert shown.replace("\n", "") == "**Plan** First this. Then that."
        [answer] = of_type(items, "assistant_message")
        assert answer["content"][0]["text"] == "Hello."
