"""A DynamoDB client whose acknowledgments can be lost."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any


class LossyClient:
    """Forwards calls. With `loses_next`, the next one is made twice, as after a lost answer."""

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
