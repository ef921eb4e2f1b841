"""What the session function reads from its environment."""

from chatcore.auth.login import IdentitySettings
from chatcore.gate.settings import GateSettings
from chatcore.settings import WebSettings


class SessionSettings(WebSettings, IdentitySettings, GateSettings):
    accept_identity_tokens: bool = False
    session_secret_arn: str
