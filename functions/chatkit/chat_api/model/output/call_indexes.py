"""Finds the call that each piece of a streamed Chat Completions answer belongs to.

In the protocol, the `index` of the piece says so. Some endpoints leave it out, give all calls index
0, or count up with every piece. The Agents SDK would then mix up the arguments of several calls.
"""

import json
from dataclasses import dataclass

from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall


@dataclass
class _Call:
    index: object
    id: str
    name: str
    arguments: str = ""

    def is_whole(self) -> bool:
        try:
            return isinstance(json.loads(self.arguments), dict)
        except ValueError:
            return False


class CallIndexes:
    """Numbers the calls of one answer, from 0 and without a gap."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def number(self, piece: ChoiceDeltaToolCall) -> None:
        """Set the index of a piece to that of its call."""
        name = (piece.function and piece.function.name) or ""
        arguments = self._arguments(piece)
        number = self._known_number(piece, name, arguments)
        if number is None:
            self._calls.append(_Call(piece.index, piece.id or "", name))
            number = len(self._calls) - 1
        call = self._calls[number]
        call.id, call.name = call.id or piece.id or "", call.name or name
        call.arguments += arguments
        piece.index = number

    def _arguments(self, piece: ChoiceDeltaToolCall) -> str:
        if piece.function is None:
            return ""
        given: object = piece.function.arguments
        if given is not None and not isinstance(given, str):
            piece.function.arguments = json.dumps(given)
        return piece.function.arguments or ""

    def _known_number(self, piece: ChoiceDeltaToolCall, name: str, arguments: str) -> int | None:
        """Return the number of the call that the piece continues, or None if it begins a call."""
        if not self._calls:
            return None
        index: object = piece.index
        numbers = [number for number, call in enumerate(self._calls) if call.index == index]
        if index is None:
            numbers = [len(self._calls) - 1]
        if not numbers:
            # Only the first piece of a call has a name.
            return None if name else len(self._calls) - 1
        call = self._calls[numbers[-1]]
        return None if _begins(call, piece.id or "", name, arguments) else numbers[-1]


def _begins(call: _Call, call_id: str, name: str, arguments: str) -> bool:
    """Return whether a piece with a call's index begins another call."""
    if not name or not call.name:
        return False
    other_id = bool(call_id and call.id and call_id != call.id)
    return other_id or name != call.name or bool(arguments and call.is_whole())
