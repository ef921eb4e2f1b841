"""Tool calls that wait for the page or the person."""

from datetime import UTC, datetime
from typing import Any

from agents import (
    FunctionTool,
    Tool,
    ToolExecutionConfig,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrail,
    ToolInputGuardrailData,
)
from agents.tool_context import ToolContext
from chatkit.types import ClientToolCallItem, ThreadMetadata
from pydantic import BaseModel, ValidationError

from chat_api.conversation.approvals import (
    QUESTION_BYTES,
    approval_item,
    approval_question,
    is_approved_in,
    is_too_long,
    withdrawing_tools,
)
from chat_api.conversation.assistant import Assistant, ClientTool
from chat_api.conversation.questions import (
    ASK_USER,
    DESCRIPTION,
    MOST_QUESTIONS,
    Questions,
    question_item,
)
from chat_api.conversation.tool_progress import tool_call
from chat_api.conversation.turn_context import TurnContext
from chat_api.model.tool_arguments import UnreadableArguments, read_arguments
from chat_api.pending_items import PendingItem
from chat_api.store.waiting_turns import HeldCall
from chat_api.tools.approval import asks_first, tool_digest
from chat_api.tools.toolset import Toolset
from chatcore.logs import described, logger

ONE_AT_A_TIME = (
    "This was not done: only one tool that waits for the user can be called at a time. Call it"
    " again after the result of the other one, if it is still needed."
)
TOO_MANY = (
    f"This was not done: the user can approve at most {MOST_QUESTIONS} calls at a time. Call it"
    " again after the results of the others, if it is still needed."
)
TOO_LONG = (
    "This was not done: the user must approve this call, and its arguments are too long to read."
    f" If it is still needed, call it with at most about {QUESTION_BYTES:,} bytes of arguments."
)
# Makes a run ask the guardrail before it ends at a call.
CHECKED_FIRST = ToolExecutionConfig(pre_approval_tool_input_guardrails=True)


class _NoArguments(BaseModel):
    pass


class HeldCalls:
    """The run's waiting calls, and the tools that make a run wait.

    Client tools and the agent's questions need approval in the SDK's sense, as do MCP tools whose
    calls the person approves. A run that makes one of these calls ends there, and the call has no
    result. Before that, the SDK asks the guardrail, which refuses calls that cannot wait.
    """

    def __init__(self, assistant: Assistant, tools: Toolset, thread: ThreadMetadata) -> None:
        self.calls: list[HeldCall] = []
        self._tools = tools
        self._thread = thread
        self._assistant = assistant
        offered = list(assistant.client_tools)
        if assistant.asks_questions:
            offered.append(ClientTool(ASK_USER, DESCRIPTION, Questions))
        self._offered = {each.name: each for each in offered}
        self._guardrail = ToolInputGuardrail[Any](self._hold, name="hold")
        # Whether each tool needs approval in the current step, by name.
        self._asked_first: dict[str, bool] = {}
        tools.needs_approval = self._decide
        tools.tool_input_guardrails = [self._guardrail]

    @property
    def ids(self) -> set[str]:
        """The ids of the calls that wait."""
        return {call.call_id for call in self.calls}

    @property
    def tools(self) -> list[Tool]:
        """The tools of the run besides those of the agent and of the servers."""
        waiting = [self._tool(each) for each in self._offered.values()]
        return [*waiting, *withdrawing_tools(self._thread)]

    def log_unknown(self) -> None:
        """Log each approval rule whose tool no server offers, because it protects nothing."""
        for name in self._tools.missing(self._assistant.approvals):
            logger.error("approval_of_unknown_tool", tool=name)

    async def item(self, turn: TurnContext) -> PendingItem | None:
        """Return the new item that the calls wait for; None if no call waits."""
        if not self.calls:
            return None
        [call, *_] = self.calls
        thread_id = turn.thread.id
        if call.digest:
            item_id = turn.generate_id("message")
            questions = {each.call_id: await self._question(each) for each in self.calls}
            return approval_item(questions, item_id=item_id, thread_id=thread_id)
        if call.tool == ASK_USER:
            item_id = turn.generate_id("message")
            return question_item(call.arguments, item_id=item_id, thread_id=thread_id)
        return ClientToolCallItem(
            id=turn.generate_id("tool_call"),
            thread_id=thread_id,
            created_at=datetime.now(UTC),
            call_id=call.call_id,
            name=call.tool,
            arguments=call.arguments,
        )

    def _tool(self, offered: ClientTool) -> FunctionTool:
        return FunctionTool(
            name=offered.name,
            description=offered.description,
            params_json_schema=_arguments_of(offered).model_json_schema(),
            on_invoke_tool=_never_invoked,
            strict_json_schema=False,
            needs_approval=True,
            tool_input_guardrails=[self._guardrail],
        )

    def _decide(self, tool_name: str) -> bool:
        """Decide for one step whether calls of a tool need approval.

        A call of `ask_again` in the same step changes this only for the next one. If the guardrail
        decided again, a call that the SDK runs could be held as well.
        """
        asks = self._asked_first[tool_name] = self._needs_approval(tool_name)
        return asks

    def _needs_approval(self, tool_name: str) -> bool:
        found = self._tools.find(tool_name)
        if found.declared is None:
            return False
        rule = self._assistant.approval if found.is_own else found.approval
        if not asks_first(self._assistant.approvals.get(tool_name, rule), found.declared):
            return False
        return not is_approved_in(self._thread, tool_name, tool_digest(found.declared))

    def _hold(self, data: ToolInputGuardrailData) -> ToolGuardrailFunctionOutput:
        """Let a call wait, let it run, or refuse it with a sentence for the model."""
        call = data.context
        if call.tool_name not in self._offered and not self._asked_first.get(call.tool_name):
            return ToolGuardrailFunctionOutput.allow()
        try:
            held = self._checked(call.tool_call_id, call.tool_name, call.tool_arguments)
        except (UnreadableArguments, ValidationError) as error:
            return ToolGuardrailFunctionOutput.reject_content(
                f"The arguments do not fit the tool {call.tool_name}. {_reason(error)}"
            )
        if refusal := self._refusal(held):
            return ToolGuardrailFunctionOutput.reject_content(refusal)
        self.calls.append(held)
        return ToolGuardrailFunctionOutput.allow()

    async def _question(self, held: HeldCall) -> str:
        """Return the question whether to run a call. If the description fails, log that."""
        what: str | None = None
        try:
            call = tool_call(self._tools, held.tool, held.arguments)
            what = await self._assistant.describe(call, self._tools)
        except Exception as error:
            logger.error("call_not_described", tool=held.tool, **described(error))
        return approval_question(self._tools.find(held.tool), held.arguments, what)

    def _refusal(self, held: HeldCall) -> str | None:
        """Return why a call cannot wait with the others; None if it can.

        One form asks for several approvals. Anything else waits alone.
        """
        if held.digest and is_too_long(held.arguments):
            return TOO_LONG
        if self.calls and not all(call.digest for call in [*self.calls, held]):
            return ONE_AT_A_TIME
        return TOO_MANY if len(self.calls) == MOST_QUESTIONS else None

    def _checked(self, call_id: str, name: str, text: str) -> HeldCall:
        arguments = read_arguments(text)
        if offered := self._offered.get(name):
            model = _arguments_of(offered).model_validate(arguments)
            return HeldCall(call_id, name, model.model_dump(mode="json", by_alias=True))
        declared = self._tools.find(name).declared
        return HeldCall(call_id, name, arguments, tool_digest(declared) if declared else "")


def _arguments_of(offered: ClientTool) -> type[BaseModel]:
    return offered.arguments or _NoArguments


def _reason(error: UnreadableArguments | ValidationError) -> str:
    if isinstance(error, UnreadableArguments):
        return f"{error}."
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return " ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}." for each in faults[:5])


async def _never_invoked(_context: ToolContext[Any], _arguments: str) -> str:
    raise RuntimeError("A call that waits is never run here")
