"""Finds the call that each piece of a streamed Chat Completions answer belongs to.

By the protocol, that is its `index`. Some endpoints leave it out, give all calls index 0, or count
up with every piece. The Agents SDK would then join the arguments of several calls.
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
        place = self._place(piece, name, arguments)
        if place is None:
            self._calls.append(_Call(piece.index, piece.id or "", name))
            place = len(self._calls) - 1
        call = self._calls[place]
        call.id, call.name = call.id or piece.id or "", call.name or name
        call.arguments += arguments
        piece.index = place

    def _arguments(self, piece: ChoiceDeltaToolCall) -> str:
        if piece.function is None:
            return ""
        given: object = piece.function.arguments
        if given is not None and not isinstance(given, str):
            piece.function.arguments = json.dumps(given)
        return piece.function.arguments or ""

    def _place(self, piece: ChoiceDeltaToolCall, name: str, arguments: str) -> int | None:
        """Return the index of the call that the piece continues, or None if it begins a call."""
        if not self._calls:
            return None
        index: object = piece.index
        places = [place for place, call in enumerate(self._calls) if call.index == index]
        if index is None:
            places = [len(self._calls) - 1]
        if not places:
            # Only the first piece of a call has a name.
            return None if name else len(self._calls) - 1
        call = self._calls[places[-1]]
        return None if _begins(call, piece.id or "", name, arguments) else places[-1]


def _begins(call: _Call, call_id: str, name: str, arguments: str) -> bool:
    """Return whether a piece with a call's index begins another call."""
    if not name or not call.name:
        return False
    other_id = bool(call_id and call.id and call_id != call.id)
    return other_id or name != call.name or bool(arguments and call.is_whole())
