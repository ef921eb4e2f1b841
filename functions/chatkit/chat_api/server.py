"""The conversation: the ChatKit server with our store, agent and tools."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

from agents import RunConfig, Runner
from chatkit.agents import AgentContext, ThreadItemConverter, stream_agent_response
from chatkit.server import ChatKitServer
from chatkit.types import (
    ErrorEvent,
    StreamingReq,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageItem,
)
from pydantic import BaseModel

from chat_api.answers import Answer, made_by, turn_for_model
from chat_api.assistant import MAX_STEPS, create_agent
from chat_api.context import ChatContext
from chat_api.failures import GENERIC, error_event, told
from chat_api.item_ids import under_minted_ids
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.timestamps import in_utc
from chat_api.tool_server import ToolServer
from chatcore.logs import described, logger

# About 64,000 tokens of English; a model's window is several times that.
HISTORY_BYTES = 256 * 1024


class ConversationServer(ChatKitServer[ChatContext]):
    """Answers a user's message with a run of the agent over the thread's earlier turns."""

    store: DynamoStore

    def __init__(
        self,
        store: DynamoStore,
        transcript: Transcript,
        tools: ToolServer,
        run_config: RunConfig,
        *,
        model: str | None,
    ) -> None:
        super().__init__(store)
        self._transcript = transcript
        self._tools = tools
        self._run_config = run_config
        self._model = model
        self._converter = ThreadItemConverter()

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Stream the answer. A failure keeps the text so far and is told in a sentence."""
        if input_user_message is None:
            raise ValueError("An answer needs a message")
        answer = Answer()
        try:
            async with aclosing(self._run(thread, input_user_message, context, answer)) as events:
                async for event in events:
                    answer.follow(event)
                    yield event
        except Exception as error:
            logger.error("answer_failed", thread_id=thread.id, **described(error))
            if message := answer.cut():
                yield ThreadItemDoneEvent(item=message)
            raise told(error) from error

    async def _run(
        self, thread: ThreadMetadata, message: UserMessageItem, context: ChatContext, answer: Answer
    ) -> AsyncGenerator[ThreadStreamEvent]:
        said = list(await self._converter.to_agent_input(message))
        history = await self._transcript.before(thread.id, message.id, HISTORY_BYTES, context)
        made: list[Any] = []
        agent_context = AgentContext[ChatContext](
            thread=thread, store=self.store, request_context=context
        )
        try:
            async with self._tools.connect(context.user) as tools:
                result = Runner.run_streamed(
                    create_agent(self._model, [tools]),
                    [*history, *said],
                    context=agent_context,
                    max_turns=MAX_STEPS,
                    run_config=self._run_config,
                )
                try:
                    events = stream_agent_response(agent_context, result)
                    minted = under_minted_ids(events, lambda: self.store.mint("message"))
                    async with aclosing(minted):
                        async for event in minted:
                            yield event
                finally:
                    result.cancel()
                    context.tokens.used += result.context_wrapper.usage.total_tokens
                    # stream_agent_response leaves a task waiting on this queue when the run fails.
                    agent_context._complete()
                    made = made_by(result, len(history) + len(said))
        finally:
            turn = turn_for_model(said, made, answer.texts)
            await self._remember(thread, message, turn, context)

    async def _remember(
        self,
        thread: ThreadMetadata,
        message: UserMessageItem,
        turn: list[Any],
        context: ChatContext,
    ) -> None:
        """Keep the turn for the model. The person has his answer already: a failure is logged."""
        try:
            await self._transcript.save(thread.id, message.id, turn, context)
        except Exception as error:
            logger.error("turn_not_remembered", thread_id=thread.id, **described(error))

    async def _process_streaming_impl(
        self, request: StreamingReq, context: ChatContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Delete in batches what follows a message that is answered again.

        The SDK would delete it one by one.
        """
        if isinstance(request, ThreadsRetryAfterItemReq):
            thread_id, item_id = request.params.thread_id, request.params.item_id
            await self.store.delete_items_after(thread_id, item_id, context)
        async with aclosing(super()._process_streaming_impl(request, context)) as events:
            async for event in events:
                yield event

    async def _process_events(
        self,
        thread: ThreadMetadata,
        context: ChatContext,
        stream: Callable[[], AsyncIterator[ThreadStreamEvent]],
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Close the stream of events also when the SDK fails to store one of them."""
        opened = stream()
        try:
            async for event in super()._process_events(thread, context, lambda: opened):
                yield event
        finally:
            if isinstance(opened, AsyncGenerator):
                await opened.aclose()

    def _serialize(self, obj: BaseModel) -> bytes:
        if isinstance(obj, ErrorEvent) and obj.message is None:
            obj = error_event(GENERIC)
        return in_utc(super()._serialize(obj))
