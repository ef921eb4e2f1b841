"""The error for an answer that has no proper end."""

from agents.exceptions import ModelBehaviorError


class IncompleteAnswer(ModelBehaviorError):
    """The model's endpoint cut an answer off, or sent something that is not a whole answer.

    `code` is OpenAI's code for the reason, or "".
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
