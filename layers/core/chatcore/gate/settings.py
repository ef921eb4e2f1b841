"""The gate's settings: its table and its limits."""

from pydantic import NonNegativeInt

from chatcore.gate.limits import Limits
from chatcore.settings import Settings


class GateSettings(Settings):
    """Settings of every function that uses the gate. A limit of 0 means no limit."""

    sessions_table: str
    session_messages_per_minute: NonNegativeInt = 0
    user_messages_per_minute: NonNegativeInt = 0
    running_answers: NonNegativeInt = 0
    tokens_per_day: NonNegativeInt = 0
    user_requests_per_minute: NonNegativeInt = 0

    @property
    def limits(self) -> Limits:
        return Limits(
            session_per_minute=self.session_messages_per_minute,
            user_per_minute=self.user_messages_per_minute,
            running_turns=self.running_answers,
            tokens_per_day=self.tokens_per_day,
            user_requests_per_minute=self.user_requests_per_minute,
        )
