"""Calls that the person approves or declines: the question, and what its answer means."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from agents import FunctionTool, Tool
from agents.tool_context import ToolContext
from chatkit.types import (
    StructuredInput,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    StructuredInputSubmission,
    ThreadItem,
    ThreadMetadata,
)

from chat_api.model.texts import shorten
from chat_api.store.waiting_turns import HeldCall
from chat_api.tools.tool_description import ToolDescription
from chatcore.errors import InvalidRequest

APPROVE = "Yes, do it"
APPROVE_IN_THREAD = "Yes, and allow this tool with any arguments in this chat"
DECLINE = "No"
OPTIONS = (APPROVE, APPROVE_IN_THREAD, DECLINE)
# What a person can be expected to read of a call: all of its arguments, or its description.
QUESTION_BYTES = 4000
# The longest name of a tool or a server. It is shortened because its server chose it.
NAME_BYTES = 120
# Unicode's categories of line breaks, controls of text direction and invisible characters.
MISLEADING = ("Cc", "Cf", "Zl", "Zp")
# Scripts such as Persian need the first of these, and emoji the second.
JOINERS = "\u200c\u200d"
# In the metadata of a thread: the digests of the tools that are approved there, by name.
APPROVED_TOOLS = "approved_tools"
# The tool that takes these approvals back.
ASK_AGAIN = "ask_again"
# What the model reads of an approved call that may have begun, and whose result was not stored.
UNKNOWN = "The user approved this call, but it is not known whether it was done. Say so."
# What it reads of one that did not begin because the answer was stopped.
NOT_BEGUN = (
    "The user approved this call, but the answer was stopped first. It was not done. Say so."
)
GONE = "This was not done: the tool cannot be reached now, or is no longer offered. Say so."
CHANGED = (
    "This was not done: the tool has changed since the user was asked. Call it again if it is"
    " still needed."
)


def approval_item(
    questions: Mapping[str, str], *, item_id: str, thread_id: str
) -> StructuredInputItem:
    """Return the form that asks these questions, each under the id of its call."""
    return StructuredInputItem(
        id=item_id,
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        inputs=[
            StructuredInputMultipleChoice(
                id=call_id,
                question=question,
                options=[StructuredInputMultipleChoiceOption(value=each) for each in OPTIONS],
            )
            for call_id, question in questions.items()
        ],
    )


def approval_question(
    tool: ToolDescription, arguments: Mapping[str, Any], what: str | None = None
) -> str:
    """Return the question whether to run a call of a tool.

    It names the tool and an outside server, and shows `what` the call would do. If that is None or
    too long to read, it shows every argument instead.
    """
    server = "" if tool.is_own else f" with the {_name(tool.server)}"
    asked, title, what = (
        f"May the assistant do this{server}: ",
        _name(tool.title),
        _line(what or ""),
    )
    if what and _bytes(what) <= QUESTION_BYTES:
        return f"{asked}{what} (tool: {title})?"
    return "\n".join([f"{asked}{title}?", *_argument_lines(arguments)])


def is_too_long(arguments: Mapping[str, Any]) -> bool:
    """Return whether arguments are too long for a person to read before they approve a call."""
    return _bytes("\n".join(_argument_lines(arguments))) > QUESTION_BYTES


def is_approved(item: ThreadItem, call: HeldCall) -> bool:
    """Return whether the person has approved a call. Only the exact value of an option does."""
    return _values(item, call) in ([APPROVE], [APPROVE_IN_THREAD])


def is_for_thread(item: ThreadItem, call: HeldCall) -> bool:
    """Return whether the person has approved a call and all later ones in the thread."""
    return _values(item, call) == [APPROVE_IN_THREAD]


def check_decisions(submission: StructuredInputSubmission) -> None:
    """Raise `InvalidRequest` for two answers to one question: they may contradict each other."""
    if any(len(each.values) > 1 for each in submission.answers.values()):
        raise InvalidRequest("params.input.answers: must have at most one value for each call")


def declined(item: ThreadItem, call: HeldCall) -> str:
    """Return what the model reads of a call that was declined."""
    said = [value for value in _values(item, call) if value not in OPTIONS]
    words = f" They wrote: {' '.join(said)}" if said else ""
    return f"The user declined this call, and it was not done.{words}"


def approve_in_thread(thread: ThreadMetadata, call: HeldCall) -> None:
    """Let later calls of a tool in this thread run without a question, until it changes."""
    approved = {**thread.metadata.get(APPROVED_TOOLS, {}), call.tool: call.digest}
    thread.metadata = {**thread.metadata, APPROVED_TOOLS: approved}


def is_approved_in(thread: ThreadMetadata, tool_name: str, digest: str) -> bool:
    """Return whether the person has approved all calls of a tool in this thread."""
    return bool(thread.metadata.get(APPROVED_TOOLS, {}).get(tool_name) == digest)


def withdrawing_tools(thread: ThreadMetadata) -> list[Tool]:
    """Return the tool that takes back a thread's approvals, or none if nothing is approved."""
    approved = list(thread.metadata.get(APPROVED_TOOLS, {}))
    if not approved:
        return []

    async def withdraw(_context: ToolContext[Any], _arguments: str) -> str:
        thread.metadata = {**thread.metadata, APPROVED_TOOLS: {}}
        return "From now on, the user is asked before each call."

    description = (
        "Ask the user again before each call of the tools that they have approved for this chat:"
        f" {', '.join(approved)}. Call it when the user wants to be asked again."
    )
    return [
        FunctionTool(
            name=ASK_AGAIN,
            description=description,
            params_json_schema={"type": "object", "properties": {}, "additionalProperties": False},
            on_invoke_tool=withdraw,
            strict_json_schema=False,
        )
    ]


def _values(item: ThreadItem, call: HeldCall) -> list[str]:
    inputs: list[StructuredInput] = item.inputs if isinstance(item, StructuredInputItem) else []
    question = next((each for each in inputs if each.id == call.call_id), None)
    return question.answer.values if question and question.answer else []


def _argument_lines(arguments: Mapping[str, Any]) -> list[str]:
    return [
        f"{_line(name)}: {_visible(json.dumps(value, ensure_ascii=False))}"
        for name, value in arguments.items()
    ]


def _name(text: str) -> str:
    return shorten(_line(text), NAME_BYTES)


def _line(text: str) -> str:
    """Return a text from outside on one line, so that it cannot imitate another line."""
    return _visible(" ".join(text.split()))


def _bytes(text: str) -> int:
    return len(text.encode())


def _visible(text: str) -> str:
    """Return a text with escapes for characters that break the line, turn it, or are invisible."""
    return "".join(_escape(each) if _misleads(each) else each for each in text)


def _escape(character: str) -> str:
    code = f"{ord(character):04x}"
    return f"\\u{code}" if len(code) == 4 else f"\\u{{{code}}}"


def _misleads(character: str) -> bool:
    return unicodedata.category(character) in MISLEADING and character not in JOINERS
