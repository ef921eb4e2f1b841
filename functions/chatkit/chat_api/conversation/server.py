"""The conversation: the ChatKit server with our store, the team's assistant and its tools."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any

from agents import RunConfig
from chatkit.actions import Action
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

from chat_api.attachments.attachments import Attachments
from chat_api.attachments.model_content import with_files
from chat_api.conversation.action_answers import ActionAnswers
from chat_api.conversation.action_messages import ActionMessages, model_input
from chat_api.conversation.agent_run import AgentRun
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.assistant_check import check_assistant
from chat_api.conversation.choices import chosen_tool, models_for_page, tools_for_page
from chat_api.conversation.declared_actions import DeclaredActions
from chat_api.conversation.failures import log_failure
from chat_api.conversation.history import History, stopped
from chat_api.conversation.mentions import Mentions
from chat_api.conversation.message_converter import MessageConverter
from chat_api.conversation.reminders import Reminders
from chat_api.conversation.replies import LateReply, Replies, Reply
from chat_api.conversation.sdk_server import SdkServer
from chat_api.conversation.thread_titles import Namer, PendingTitle, text_of
from chat_api.conversation.turn_memory import TurnMemory
from chat_api.conversation.widget_actions import WidgetActions
from chat_api.conversation.widgets import widgets_after
from chat_api.dictation.transcriber import Transcriber
from chat_api.errors import NO_WORDS, NOT_ASKED, EmptyAnswer, stream_error
from chat_api.model.budget import HISTORY_TOKENS
from chat_api.model.model_config import ModelList
from chat_api.model.token_usage import turn_tokens
from chat_api.own_items import is_hidden
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chat_api.tools.toolset import ToolServers, Toolset


class ConversationServer(SdkServer):
    """Answers a user's message with a run of the team's agent over the thread's earlier turns."""

    def __init__(
        self,
        store: DynamoStore,
        transcript: Transcript,
        tools: ToolServers,
        run_config: RunConfig,
        assistant: Assistant,
        *,
        models: ModelList | None = None,
        namer: Namer | None = None,
        history_tokens: int = HISTORY_TOKENS,
        reminders: Reminders | None = None,
        transcriber: Transcriber | None = None,
    ) -> None:
        """A message may ask for one of `models`. Without any, the agent or the SDK names one.

        Without a namer, threads have no title until a person gives them one. Raise `ValueError` for
        an assistant that cannot work.
        """
        check_assistant(assistant)
        super().__init__(store)
        self._transcript = transcript
        self.replies = Replies(store, transcript)
        self._history = History(transcript, self.replies)
        self._memory = TurnMemory(store, transcript, history_tokens)
        self._history_tokens = history_tokens
        self._tools = tools
        self._run_config = replace(
            run_config, call_model_input_filter=lambda data: with_files(data, self.models)
        )
        self._assistant = assistant
        self.models = models or ModelList()
        self.transcriber = transcriber
        self._namer = namer
        self._reminders = reminders or Reminders()
        declared = DeclaredActions(assistant.actions)
        messages = ActionMessages(store, transcript)
        self.actions = ActionAnswers(
            store,
            WidgetActions(store, tools, declared, messages),
            declared,
            lambda thread, message, context: self._process_events(
                thread, context, lambda: self._answer(thread, message, context)
            ),
        )
        self.mentions = Mentions(tools, assistant.entities)
        self._converter = MessageConverter()
        self.attachments = Attachments(store, assistant.attachments)

    @property
    def tool_choices(self) -> tuple[str, ...]:
        """The ids of the tools that a message may choose."""
        return tuple(each.id for each in self._assistant.composer_tools)

    def offers(self) -> dict[str, Any]:
        """Return what the page may offer beside text, in the form of ChatKit's options."""
        policy = self._assistant.attachments
        return {
            "attachments": policy and policy.for_page(),
            "dictation": self.transcriber is not None,
            "models": models_for_page(self.models),
            "tools": tools_for_page(self._assistant.composer_tools),
            "entities": self.mentions.are_offered,
        }

    def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        if input_user_message is None:
            raise ValueError("An answer needs a message")
        return self._answer(thread, input_user_message, context)

    def continue_turn(
        self, thread: ThreadMetadata, reply: Reply | LateReply, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        if isinstance(reply, LateReply):
            return self.replies.explain(thread.id, reply, context)
        return self._answer(thread, reply.message, context, reply)

    async def _answer(
        self,
        thread: ThreadMetadata,
        message: UserMessageItem,
        context: RequestContext,
        reply: Reply | None = None,
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Stream an answer, or with a reply the rest of one that waited.

        A failure keeps the text so far, and its error is a clear sentence.
        """
        turn_tokens.set(context.turn.tokens)
        needs_title = thread.title is None and not (
            self._namer is None or reply or is_hidden(message) or not text_of(message).strip()
        )
        title = PendingTitle(self._name(thread, message, context) if needs_title else None)
        failure: Exception | None = None
        end: EndOfTurnItem | None = None
        try:
            try:
                run, events_before = await self._begin(thread, message, context, reply)
                for event in events_before:
                    yield event
                async with (
                    self._memory.keeping(run, message.id, context),
                    self._tools.connect(context.user, message.id, run.call_counts) as tools,
                ):
                    run.use(self._assistant, tools, self._reminders)
                    async for event in run.approved():
                        yield event
                    async with run.events(
                        self._assistant,
                        self._model_for(message),
                        self._run_config,
                        None if reply else chosen_tool(message, self._assistant.composer_tools),
                    ) as events:
                        async for event in events:
                            for each in run.in_order(event):
                                yield each
                            run.sent(event)
                            if named := title.ready():
                                yield self._renamed(thread, named)
                    async for event in self._after(run, tools, context):
                        yield event
                    end = None if run.pending else run.end()
            except Exception as error:
                log_failure("answer_failed", thread.id, error, self.store, context)
                failure = error
            # Stored with the turn. Without it the answer is whole all the same.
            if end and run.is_remembered:
                yield ThreadItemDoneEvent(item=end)
            if named := await title.wait():
                yield self._renamed(thread, named)
            if failure:
                raise stream_error(failure) from failure
            if run.pending:
                if not run.is_remembered:
                    raise NOT_ASKED.error()
                # The last event: the turn is closed before it goes out.
                yield ThreadItemDoneEvent(item=run.pending)
        finally:
            await title.cancel()

    async def sync_action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> SyncCustomActionResponse:
        return await self.actions.at_once(thread, action, sender, context)

    def act(
        self, thread: ThreadMetadata, request: ThreadsCustomActionReq, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        return self.actions.stream(thread, request, context)

    async def take_back(self, thread_id: str, message_id: str, context: RequestContext) -> None:
        """Keep the message as one whose answer was stopped, until it is answered again."""
        message = await self.store.load_item(thread_id, message_id, context)
        assert isinstance(message, UserMessageItem)
        said = await model_input(self._converter, message)
        await self._transcript.take_back(thread_id, message_id, [*said, stopped()], context)

    async def _begin(
        self,
        thread: ThreadMetadata,
        message: UserMessageItem,
        context: RequestContext,
        reply: Reply | None,
    ) -> tuple[AgentRun, list[ThreadStreamEvent]]:
        """Return the run that answers a message, not begun yet, and the events that precede it.

        They close a question that an older turn left open.
        """
        said = reply.turn.said if reply else await model_input(self._converter, message)
        model = self.models.config(self._model_for(message))
        past = await self._history.before(
            thread.id, message.id, context, tokens=model.history_tokens(self._history_tokens)
        )
        events = [*past.events, *(reply.events if reply else [])]
        return AgentRun(past.turns, said, thread, self.store, context, reply), events

    async def _after(
        self, run: AgentRun, tools: Toolset, context: RequestContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """End what the run left open, and show the widgets unless the turn waits.

        Raises `EmptyAnswer`.
        """
        for ending in context.turn.answer.open.endings(whole=True):
            yield ending
        if await run.wait():
            return
        calls = run.calls
        is_empty = context.turn.answer.is_empty
        if is_empty and not calls:
            raise EmptyAnswer
        async for shown in widgets_after(self._assistant.widgets, calls, tools, run.context):
            yield shown
        if is_empty:
            yield NoticeEvent(level="warning", message=NO_WORDS)

    async def _name(
        self, thread: ThreadMetadata, message: UserMessageItem, context: RequestContext
    ) -> str | None:
        """Give the thread a title, and return the one it has then. A failure is only logged."""
        assert self._namer is not None
        title = await self._namer(text_of(message), context.turn.tokens)
        try:
            return title and (await self.store.name_thread(thread.id, title, context)).title
        except Exception as error:
            log_failure("thread_not_named", thread.id, error, self.store, context)
            return None

    def _renamed(self, thread: ThreadMetadata, title: str) -> ThreadUpdatedEvent:
        # A tool may have changed the rest of it meanwhile.
        named = thread.model_copy(update={"title": title})
        return ThreadUpdatedEvent(thread=self._to_thread_response(named))

    def _model_for(self, message: UserMessageItem) -> str | None:
        # A message that is answered again may name a model that was removed since.
        wanted = message.inference_options.model
        return wanted if wanted in self.models.names else self.models.default
