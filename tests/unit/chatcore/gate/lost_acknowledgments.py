"""A DynamoDB client whose acknowledgments can be lost."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any


class LossyClient:
    """Forwards calls. After `loses_next`, it makes a call twice, as if an answer was lost."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.loses_next = False

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(self._client, operation)

        def twice(**arguments: Any) -> Any:
            lost, self.loses_next = self.loses_next, False
            if lost:
                with suppress(self._client.exceptions.ConditionalCheckFailedException):
                    call(**arguments)
            return call(**arguments)

        return twice
