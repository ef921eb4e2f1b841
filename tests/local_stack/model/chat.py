"""The caller's side of a conversation with the assistant, its tools on a dict."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import count

from local_stack.model.assistant import answer
from local_stack.model.conversation import (
    AssistantMessage,
    Call,
    Conversation,
    Tool,
    ToolCall,
    ToolResult,
    UserMessage,
)

SATURDAY = date(2026, 11, 21)


def tool(name: str, *arguments: str) -> Tool:
    properties = {argument: {"type": "string"} for argument in arguments}
    return Tool(name, {"type": "object", "properties": properties, "required": list(arguments)})


TOOLS = (
    tool("add_task", "title"),
    tool("list_tasks"),
    tool("update_task", "task", "title"),
    tool("complete_task", "task"),
    tool("reopen_task", "task"),
    tool("delete_task", "task"),
)


class Chat:
    """A caller: keeps the conversation, makes the calls, and hands back what the tools say."""

    def __init__(self, *titles: str, tools: tuple[Tool, ...] = TOOLS) -> None:
        self.ids = (str(number) for number in count(1))
        self.tasks = {str(next(self.ids)): {"title": title, "done": False} for title in titles}
        self.conversation = Conversation(entries=(), today=SATURDAY, tools=tools)
        self.steps: list[list[str]] = []
        self.replies: dict[str, list[str]] = {}

    @property
    def titles(self) -> list[object]:
        return [task["title"] for task in self.tasks.values()]

    def say(self, text: str) -> str:
        self._append(UserMessage(text))
        self.steps = []
        while calls := (reply := answer(self.conversation)).calls:
            assert len(self.steps) < 10, "the assistant does not come to an end"
            self.steps.append([call.name for call in calls])
            made = [(f"call_{next(self.ids)}", call) for call in calls]
            self._append(*(ToolCall(i, c.name, json.dumps(c.arguments)) for i, c in made))
            self._append(*(ToolResult(i, self._run(c)) for i, c in made))
        self._append(AssistantMessage(reply.text))
        return reply.text

    def _append(self, *entries: UserMessage | AssistantMessage | ToolCall | ToolResult) -> None:
        entries = self.conversation.entries + entries
        self.conversation = replace(self.conversation, entries=entries)

    def _run(self, call: Call) -> str:
        if replies := self.replies.get(call.name):
            return replies.pop(0)
        return json.dumps(self._result(call.name, dict(call.arguments)))

    def _result(self, name: str, arguments: dict[str, object]) -> Mapping[str, object]:
        if name == "list_tasks":
            return {"tasks": [{"id": key, **task} for key, task in self.tasks.items()]}
        key = str(arguments.pop("task", None) or next(self.ids))
        if name == "delete_task":
            return {"deleted": self.tasks.pop(key)["title"]}
        done = {"complete_task": {"done": True}, "reopen_task": {"done": False}}.get(name, {})
        self.tasks[key] = {"done": False, **self.tasks.get(key, {}), **arguments, **done}
        return {"id": key, **self.tasks[key]}
