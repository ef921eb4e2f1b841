"""What the chatkit function reads from its environment."""

from typing import Literal

from pydantic import Field

from chat_api.api.context_headers import ContextHeaders
from chat_api.model.budget import HISTORY_TOKENS
from chat_api.tools.config import ToolServerConfigs
from chatcore.auth.login import IdentitySettings
from chatcore.gate.settings import GateSettings
from chatcore.settings import CommaSeparated, WebSettings


class ChatSettings(WebSettings, IdentitySettings, GateSettings):
    accept_identity_tokens: bool = False
    session_secret_arn: str
    tool_secret_arn: str
    openai_secret_arn: str
    openai_base_url: str | None = None
    openai_api: Literal["responses", "chat_completions"] = "responses"
    # The first one answers, unless a message asks for another.
    model: CommaSeparated[str] = ()
    history_tokens: int = Field(default=HISTORY_TOKENS, ge=1000)
    context_headers: ContextHeaders = ()
    threads_table: str
    files_bucket: str
    mcp_function: str
    tool_servers: ToolServerConfigs = ()
    retention_days: int = Field(default=30, ge=1)
