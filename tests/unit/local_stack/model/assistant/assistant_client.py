"""A client that talks to the scripted assistant and runs its tool calls on tasks in a dict."""

import json
from dataclasses import replace
from datetime import date
from itertools import count

from local_stack.model.assistant.answer import answer
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


class AssistantClient:
    """Keeps the conversation, runs the tool calls, and returns their results to the assistant."""

    def __init__(self, *titles: str, tools: tuple[Tool, ...] = TOOLS) -> None:
        self.ids = (f"call_{number}" for number in count(1))
        self.tasks: dict[str, dict[str, object]] = {title: {"done": False} for title in titles}
        self.conversation = Conversation(entries=(), today=SATURDAY, tools=tools)
        self.steps: list[list[Call]] = []
        self.outputs: dict[str, list[str]] = {}

    def say(self, text: str) -> str:
        self._append(UserMessage(text))
        self.steps = []
        while calls := (reply := answer(self.conversation)).calls:
            assert len(self.steps) < 10, "the assistant never stops making calls"
            self.steps.append(list(calls))
            made = [(next(self.ids), call) for call in calls]
            self._append(*(ToolCall(i, c.name, json.dumps(c.arguments)) for i, c in made))
            self._append(*(ToolResult(i, self._output(c)) for i, c in made))
        self._append(AssistantMessage(reply.text))
        return reply.text

    def _append(self, *entries: UserMessage | AssistantMessage | ToolCall | ToolResult) -> None:
        conversation = self.conversation
        self.conversation = replace(conversation, entries=conversation.entries + entries)

    def _output(self, call: Call) -> str:
        if outputs := self.outputs.get(call.name):
            return outputs.pop(0)
        if call.name == "list_tasks":
            return json.dumps({"tasks": [{"title": t, **more} for t, more in self.tasks.items()]})
        arguments = {key: str(value) for key, value in call.arguments.items()}
        return self._change(call.name, arguments)

    def _change(self, name: str, arguments: dict[str, str]) -> str:
        old = arguments.pop("task", None)
        if old is not None and old not in self.tasks:
            return f'Error executing tool {name}: There is no task "{old}".'
        task: dict[str, object] = self.tasks.pop(old) if old else {"done": False}
        title = arguments.pop("title", old or "")
        task.update(arguments)
        if name in ("complete_task", "reopen_task"):
            task["done"] = name == "complete_task"
        if name != "delete_task":
            self.tasks[title] = task
        return json.dumps({"title": title, **task})
