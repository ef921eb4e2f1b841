"""The failure of an answer that has no proper end."""

from agents.exceptions import ModelBehaviorError


class AnswerCut(ModelBehaviorError):
    """The model's endpoint broke off an answer, or ended it in a way that is no success.

    `code` is a code of OpenAI's that says why, or "".
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
