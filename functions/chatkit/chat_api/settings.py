"""What the chatkit function reads from its environment."""

from typing import Literal

from pydantic import Field

from chatcore.gate.settings import GateSettings
from chatcore.login import IdentitySettings
from chatcore.settings import WebSettings


class ChatSettings(WebSettings, IdentitySettings, GateSettings):
    accept_identity_tokens: bool = False
    session_secret_arn: str
    tool_secret_arn: str
    openai_secret_arn: str
    openai_base_url: str | None = None
    openai_api: Literal["responses", "chat_completions"] = "responses"
    model: str | None = None
    threads_table: str
    files_bucket: str
    mcp_function: str
    retention_days: int = Field(default=30, ge=1)
