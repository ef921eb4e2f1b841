"""Tool servers that cannot be reached."""

from chatkit.errors import CustomStreamError


class ToolsUnavailable(CustomStreamError):
    """A tool server cannot be reached, or its answer is not MCP."""

    def __init__(self) -> None:
        super().__init__(
            "Your tools cannot be reached right now. Please try again in a moment.",
            allow_retry=True,
        )


class AnswerLost(ToolsUnavailable):
    """A call was sent and its answer was lost: the tool may have done its work."""
