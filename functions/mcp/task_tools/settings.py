"""What the MCP function reads from its environment."""

from chatcore.settings import WebSettings


class McpSettings(WebSettings):
    tool_secret_arn: str
    tasks_table: str
