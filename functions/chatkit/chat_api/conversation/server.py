"""The conversation: the ChatKit server with our store, agent and tools."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from agents import RunConfig, Runner
from chatkit.actions import Action
from chatkit.agents import ThreadItemConverter, stream_agent_response
from chatkit.types import (
    EndOfTurnItem,
    NoticeEvent,
    SyncCustomActionResponse,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadsCustomActionReq,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    UserMessageItem,
    WidgetItem,
)

from chat_api.conversation.history import History, hidden_in, stopped
from chat_api.conversation.message_ids import MessageIds
from chat_api.conversation.reminders import Reminders, TurnProgress
from chat_api.conversation.sdk_server import SdkServer
from chat_api.conversation.thread_titles import Namer, among, text_of
from chat_api.conversation.turn_context import TurnContext
from chat_api.conversation.widget_actions import WidgetActions
from chat_api.conversation.widgets import widgets_after
from chat_api.errors import NO_WORDS, EmptyAnswer, stream_error
from chat_api.model.budget import HISTORY_TOKENS, history_bytes
from chat_api.model.token_usage import turn_tokens
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.toolset import ToolServers
from chat_api.turn_state import end_of_turn, made_by, turn_for_model
from chatcore.logs import described, logger
from task_assistant.agent import MAX_STEPS, create_agent


class ConversationServer(SdkServer):
    """Answers a user's message with a run of the agent over the thread's earlier turns."""

    def __init__(
        self,
        store: DynamoStore,
        transcript: Transcript,
        tools: ToolServers,
        run_config: RunConfig,
        *,
        model: str | None,
        models: tuple[str, ...] = (),
        namer: Namer | None = None,
        history_tokens: int = HISTORY_TOKENS,
        reminders: Reminders | None = None,
    ) -> None:
        """`models` are those that a message may ask for instead of `model`.

        Without a namer, threads go without a title until a person gives one.
        """
        super().__init__(store)
        self._transcript = transcript
        self._history = History(transcript, tokens=history_tokens)
        self._turn_bytes = history_bytes(history_tokens)
        self._tools = tools
        self._run_config = run_config
        self._model = model
        self.models = models
        self._namer = namer
        self._reminders = reminders or Reminders()
        self._actions = WidgetActions(store, tools)
        self._converter = ThreadItemConverter()

    def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Stream the answer. A failure keeps the text so far and is told in a sentence."""
        if input_user_message is None:
            raise ValueError("An answer needs a message")
        events = self._answer(thread, input_user_message, context)
        if thread.title is None and self._namer:
            naming = self._name(thread, input_user_message, context)
            return among(events, naming, lambda title: self._renamed(thread, title))
        return events

    async def sync_action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> SyncCustomActionResponse:
        assert sender is not None
        return await self._actions.at_once(thread, action, sender, context)

    async def act(
        self, thread: ThreadMetadata, request: ThreadsCustomActionReq, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        assert request.params.item_id is not None
        sender = await self.store.load_item(thread.id, request.params.item_id, context)
        assert isinstance(sender, WidgetItem)
        events = self._actions.stream(thread, request.params.action, sender, context)
        async with aclosing(events):
            async for event in events:
                yield event

    async def take_back(self, thread_id: str, message_id: str, context: RequestContext) -> None:
        """Keep the message as one whose answer was stopped, until it is answered again."""
        message = await self.store.load_item(thread_id, message_id, context)
        assert isinstance(message, UserMessageItem)
        said = list(await self._converter.to_agent_input(message))
        await self._transcript.take_back(thread_id, message_id, [*said, stopped()], context)

    async def _answer(
        self, thread: ThreadMetadata, message: UserMessageItem, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        try:
            async with aclosing(self._run(thread, message, context)) as events:
                async for event in events:
                    yield event
        except Exception as error:
            self._log_failure("answer_failed", thread, error, context)
            raise stream_error(error) from error

    async def _name(
        self, thread: ThreadMetadata, message: UserMessageItem, context: RequestContext
    ) -> str | None:
        """Give the thread a title, and return the one it has then. A failure is only logged."""
        assert self._namer is not None
        title = await self._namer(text_of(message), context.tokens)
        try:
            return title and (await self.store.name_thread(thread.id, title, context)).title
        except Exception as error:
            self._log_failure("thread_not_named", thread, error, context)
            return None

    def _renamed(self, thread: ThreadMetadata, title: str) -> ThreadUpdatedEvent:
        # A tool may have changed the rest of it meanwhile.
        named = thread.model_copy(update={"title": title})
        return ThreadUpdatedEvent(thread=self._to_thread_response(named))

    async def _run(
        self, thread: ThreadMetadata, message: UserMessageItem, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        turn_tokens.set(context.tokens)
        said = list(await self._converter.to_agent_input(message))
        history = await self._history.before(thread.id, message.id, context)
        made: list[Any] = []
        hidden: list[Any] = []
        end: EndOfTurnItem | None = None
        turn = TurnContext(thread=thread, store=self.store, request_context=context)
        progress = TurnProgress(self._reminders)
        message_ids = MessageIds(lambda: self.store.mint("message"))
        try:
            async with self._tools.connect(context.user, message.id) as tools:
                progress.watch(tools)
                result = Runner.run_streamed(
                    create_agent(self._model_for(message), [tools]),
                    [*history, *said],
                    context=turn,
                    max_turns=MAX_STEPS,
                    hooks=progress,
                    run_config=replace(
                        self._run_config, tool_error_formatter=progress.on_tool_error
                    ),
                )
                try:
                    in_order = turn.in_order(stream_agent_response(turn, result))
                    async with progress.reminding(turn), aclosing(in_order) as events:
                        async for event in events:
                            hidden += hidden_in(event)
                            yield message_ids.rename(event)
                finally:
                    result.cancel()
                    turn.end()
                    made = made_by(result, len(history) + len(said))
                for ending in context.answer.open.endings(whole=True):
                    yield ending
                empty = context.answer.is_empty
                if empty and not progress.calls:
                    raise EmptyAnswer
                async for shown in widgets_after(progress.calls, tools, turn):
                    yield shown
                if empty:
                    yield NoticeEvent(level="warning", message=NO_WORDS)
                end = end_of_turn(turn)
        finally:
            # Nothing that exceeds the next turn's history is of use to it.
            turn_kept = turn_for_model(said, made, context.answer.texts, self._turn_bytes) + hidden
            turn_kept += [] if end else [stopped()]
            remembered = await self._remember(thread, message, turn_kept, context, end)
        # Stored with the turn; without it the answer is whole all the same.
        if remembered:
            yield ThreadItemDoneEvent(item=end)

    def _model_for(self, message: UserMessageItem) -> str | None:
        # A message that is answered again may name one that was taken off since.
        wanted = message.inference_options.model
        return wanted if wanted in self.models else self._model

    async def _remember(
        self,
        thread: ThreadMetadata,
        began: UserMessageItem,
        turn: list[Any],
        context: RequestContext,
        end: EndOfTurnItem | None = None,
    ) -> bool:
        """Keep the turn for the model. The person has the answer already: a failure is logged."""
        try:
            await self._transcript.save(thread.id, began.id, turn, context, end)
        except Exception as error:
            self._log_failure("turn_not_remembered", thread, error, context)
            return False
        return True

    def _log_failure(
        self, event: str, thread: ThreadMetadata, error: Exception, context: RequestContext
    ) -> None:
        """Log what failed, unless the thread was deleted: then nothing can be kept in it."""
        if not self.store.knows_deleted(thread.id, context):
            logger.error(event, thread_id=thread.id, **described(error))
