"""The session function's settings."""

from chatcore.auth.login import IdentitySettings
from chatcore.gate.settings import GateSettings
from chatcore.settings import WebSettings


class SessionSettings(WebSettings, IdentitySettings, GateSettings):
    """With `accept_identity_tokens`, the login's own tokens may chat and stop an answer."""

    accept_identity_tokens: bool = False
    session_secret_arn: str
