"""The tools that a turn offers, and the calls that already have results."""

import json
from collections.abc import Iterable, Sequence

from local_stack.model.assistant.tool_outputs import read_output
from local_stack.model.conversation import Call, Conversation, ToolCall, ToolResult


class CallsPending(Exception):
    """The turn cannot continue before these calls have results."""

    def __init__(self, calls: Sequence[Call]) -> None:
        super().__init__(f"{len(calls)} calls pending")
        self.calls = tuple(calls)


class Turn:
    """Lets the assistant be written as if each call returned at once.

    Each request of a turn repeats the same steps from the start. A call takes the oldest result
    of an equal call that no earlier step took, so no call is made twice. `it` is the title of the
    task that a tool showed last.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.today = conversation.today
        self.it = ""
        self.tools = {tool.name: tool for tool in conversation.tools}
        results = {e.call_id: e.output for e in conversation.turn if isinstance(e, ToolResult)}
        self._answered = [
            (Call(entry.name, json.loads(entry.arguments)), read_output(results[entry.call_id]))
            for entry in conversation.turn
            if isinstance(entry, ToolCall) and entry.call_id in results
        ]
        earlier = conversation.entries[: len(conversation.entries) - len(conversation.turn)]
        self._look_at(read_output(e.output) for e in earlier if isinstance(e, ToolResult))

    def results(self, calls: Sequence[Call]) -> list[object]:
        """Return the outputs of independent calls. Raise CallsPending while some are missing."""
        found = [self._take(call) for call in calls]
        if pending := [call for call, outputs in zip(calls, found, strict=True) if not outputs]:
            raise CallsPending(pending)
        outputs = [output for outputs in found for output in outputs]
        self._look_at(outputs)
        return outputs

    def _look_at(self, outputs: Iterable[object]) -> None:
        for output in outputs:
            match output:
                case {"title": str(title)}:
                    self.it = title

    def _take(self, call: Call) -> list[object]:
        for index, (answered, output) in enumerate(self._answered):
            if answered == call:
                del self._answered[index]
                return [output]
        return []
