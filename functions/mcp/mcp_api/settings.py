"""The MCP function's settings, apart from those of the team's tools."""

from chatcore.auth.login import IdentitySettings
from chatcore.settings import WebSettings


class McpSettings(WebSettings, IdentitySettings):
    """Without an `mcp_audience`, the login's tokens are not accepted here."""

    tool_secret_arn: str
    mcp_audience: str | None = None
