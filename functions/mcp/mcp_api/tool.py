"""The one way to offer a function to the model."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any


class InvalidTool(Exception):
    """A tool that cannot be offered as it is written. Raised while the function starts."""


@dataclass(frozen=True)
class Tool:
    """A function that the model may call.

    The model sees the function's name, its docstring and the types of its arguments. The first
    parameter may be a `ToolRequest`; every other one is an argument that the model fills in. People
    read the title while the tool runs. The hints are MCP's, and none has a default. A tool that is
    not read-only needs a token that may write.
    """

    function: Callable[..., Any]
    title: str
    _: KW_ONLY
    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool

    def __post_init__(self) -> None:
        """Raise `InvalidTool` for hints or a title that would mislead a client."""
        hints = (self.read_only, self.destructive, self.idempotent, self.open_world)
        if not all(isinstance(hint, bool) for hint in hints):
            raise InvalidTool(f"Each hint of {self.name} must be True or False.")
        if self.read_only and self.destructive:
            raise InvalidTool(f"{self.name} is declared read-only and destructive at once.")
        if not self.title.strip():
            raise InvalidTool(f"{self.name} has no title.")

    @property
    def name(self) -> str:
        return str(getattr(self.function, "__name__", self.function))
