"""What the chatkit function reads from its environment."""

from typing import Literal

from pydantic import Field

from chatcore.settings import WebSettings


class ChatSettings(WebSettings):
    session_secret_arn: str
    tool_secret_arn: str
    openai_secret_arn: str
    openai_base_url: str | None = None
    openai_api: Literal["responses", "chat_completions"] = "responses"
    model: str | None = None
    threads_table: str
    mcp_function: str
    retention_days: int = Field(default=30, ge=1)
