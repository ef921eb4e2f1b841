"""What the session function reads from its environment."""

from chatcore.settings import WebSettings


class SessionSettings(WebSettings):
    identity_issuer: str
    identity_audience: str
    identity_secret_arn: str
    session_secret_arn: str
