"""The bench's turn makes the SDK's own calls, and its texts have realistic lengths."""

import inspect
import json
import random
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from statistics import mean
from typing import TYPE_CHECKING, Any

from agents import Agent, RunConfig, Runner
from agents.testing import ScriptedModel, assistant_message
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import (
    AssistantMessageItem,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)

from chat_api.request_context import RequestContext
from chatcore.ids import TimeOrderedIds
from store_costs.conversation import CREATED, Writer, turn
from store_costs.rivals import ReadsAll, Rows

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREAD, OTHER_THREAD = (ThreadMetadata(id=each, created_at=CREATED) for each in ("thr_1", "thr_2"))


class Recorder:
    """Forwards each call and records its name and its distinguishing arguments."""

    def __init__(self, store: ReadsAll) -> None:
        self._store = store
        self._ids = TimeOrderedIds()
        self.calls: list[tuple[str, ...]] = []

    def generate_item_id(self, kind: str, thread: ThreadMetadata, context: RequestContext) -> str:
        return f"msg_{self._ids.mint()}"

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            given = inspect.signature(method).bind(*args, **kwargs).arguments
            paging = [given[each] for each in ("after", "limit", "order") if each in given]
            kind = [given["item"].type] if "item" in given else []
            self.calls.append((name, *map(str, paging), *kind))
            return method(*args, **kwargs)

        return call


class Server(ChatKitServer[RequestContext]):
    """Answers as the SDK's own samples do: the model receives the newest 20 items."""

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        newest = await self.store.load_thread_items(thread.id, None, 20, "desc", context)
        result = Runner.run_streamed(
            Agent("Samples' assistant", model=ScriptedModel([[assistant_message("Hello!")]])),
            await simple_to_agent_input(newest.data[::-1]),
            run_config=RunConfig(tracing_disabled=True),
        )
        agent_context = AgentContext[RequestContext](
            thread=thread, store=self.store, request_context=context
        )
        async for event in stream_agent_response(agent_context, result):
            yield event


async def test_the_turn_makes_the_sdks_calls_for_a_user_message(
    client: "DynamoDBClient", context: RequestContext
) -> None:
    store = ReadsAll(Rows(client, "threads", "sdk"))
    for thread in (THREAD, OTHER_THREAD):
        await store.save_thread(thread, context)
    by_sdk: Any = Recorder(store)
    words = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": []}
    params = {"thread_id": THREAD.id, "input": words | {"inference_options": {}}}
    request = json.dumps({"type": "threads.add_user_message", "params": params})
    answered = await Server(by_sdk).process(request, context)
    assert isinstance(answered, StreamingResult)
    events = b"".join([event async for event in answered])
    assert b"Hello!" in events

    by_bench: Any = Recorder(store)
    writer = writer_of(random.Random(1), OTHER_THREAD.id)
    for call in turn(by_bench, writer.item("question"), writer.item("answer"), context).values():
        await call()
    assert by_bench.calls == by_sdk.calls


def writer_of(numbers: random.Random, thread_id: str = THREAD.id) -> Writer:
    ids = TimeOrderedIds()
    return Writer(thread_id, lambda kind: f"{kind}_{ids.mint()}", numbers)


def texts(
    items: list[ThreadItem], author: type[UserMessageItem | AssistantMessageItem]
) -> list[str]:
    return [item.content[0].text for item in items if isinstance(item, author)]


def test_a_thread_holds_messages_tools_and_widgets() -> None:
    kinds = Counter(item.type for item in writer_of(random.Random(1)).items(20))
    assert kinds == {
        "user_message": 8,
        "assistant_message": 8,
        "client_tool_call": 2,
        "widget": 2,
    }


def test_items_are_in_the_order_of_their_creation() -> None:
    items = writer_of(random.Random(1)).items(20)
    assert sorted(items, key=lambda item: item.created_at) == items


def test_answers_are_two_kilobytes_of_text_that_compresses_as_prose_does() -> None:
    items = writer_of(random.Random(1)).items(200)
    answers = [text.encode() for text in texts(items, AssistantMessageItem)]
    assert 1900 < mean(len(text) for text in answers) < 2100
    assert 2.2 < mean(len(text) / len(zlib.compress(text)) for text in answers) < 2.6
    assert 350 < mean(len(text) for text in texts(items, UserMessageItem)) < 450


def test_the_same_seed_writes_the_same_texts() -> None:
    def answers(seed: int) -> list[str]:
        return texts(writer_of(random.Random(seed)).items(20), AssistantMessageItem)

    assert answers(5) == answers(5) != answers(6)
