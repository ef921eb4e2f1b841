"""Idempotency keys: a repeated call has the same key, so that its tool acts once."""

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

# In a call's `_meta`.
KEY = "chatkit-on-lambda/idempotency-key"


class CallKeys:
    """The keys of the calls that answer one message, derived from the message and the call.

    When a message is answered again, its calls get the keys of the answer that they replace, even
    if that answer was cut. A call repeated within one answer is another call: the n-th call of a
    tool with the same arguments has the same key in every answer to the message.
    """

    def __init__(self, message_id: str, counts: Mapping[str, int] | None = None) -> None:
        """`counts` are those of a turn that continues after it waited."""
        self._message_id = message_id
        self._made = Counter(counts)

    @property
    def counts(self) -> dict[str, int]:
        """How many keys each call has so far."""
        return dict(self._made)

    def next(self, tool: str, arguments: Mapping[str, Any] | None) -> dict[str, str]:
        """Return the `_meta` of the next call of that tool with those arguments."""
        call = digest(tool, dict(arguments or {}))
        self._made[call] += 1
        return {KEY: f"{self._message_id}/{call}/{self._made[call]}"}


def digest(*values: Any) -> str:
    """Return the same short text for the same JSON values, whatever the order of their names."""
    text = json.dumps(values, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:32]
