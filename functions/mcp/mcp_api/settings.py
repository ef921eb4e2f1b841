"""What the MCP function reads from its environment."""

from chatcore.auth.login import IdentitySettings
from chatcore.settings import WebSettings


class McpSettings(WebSettings, IdentitySettings):
    """Without an `mcp_audience` the login's tokens are not taken here."""

    tool_secret_arn: str
    tasks_table: str
    mcp_audience: str | None = None
