"""What a person reads when tools are out of reach."""

from chatkit.errors import CustomStreamError


class ToolsUnavailable(CustomStreamError):
    """A tool server cannot be reached, or does not answer as one."""

    def __init__(self) -> None:
        super().__init__(
            "Your tools cannot be reached right now. Please try again in a moment.",
            allow_retry=True,
        )


class AnswerLost(ToolsUnavailable):
    """A call went out and no answer came back: the tool may have done its work."""
