"""The chatkit function's settings."""

from pydantic import Field, ValidationInfo, field_validator

from chat_api.api.context_headers import ContextHeaders
from chat_api.model.budget import HISTORY_TOKENS
from chat_api.model.model_config import Api, ModelConfigs
from chat_api.tools.config import ToolServerConfigs
from chatcore.auth.login import IdentitySettings
from chatcore.gate.settings import GateSettings
from chatcore.settings import CommaSeparated, WebSettings


class ChatSettings(WebSettings, IdentitySettings, GateSettings):
    """Models are listed in `model`, in `models`, or in the parameter that `models_parameter` names.

    With `accept_identity_tokens`, the login's own tokens may chat.
    """

    accept_identity_tokens: bool = False
    session_secret_arn: str
    tool_secret_arn: str
    openai_secret_arn: str | None = None
    openai_base_url: str | None = None
    openai_api: Api = "responses"
    # The first one answers unless a message asks for another.
    model: CommaSeparated[str] = ()
    models: ModelConfigs = ()
    models_parameter: str | None = None
    model_fallback: bool = False
    title_model: str | None = None
    transcription_model: str | None = None
    history_tokens: int = Field(default=HISTORY_TOKENS, ge=1000)
    # Whether models over the Responses API may draw.
    image_generation: bool = False
    context_headers: ContextHeaders = ()
    threads_table: str
    files_bucket: str
    mcp_function: str
    tool_servers: ToolServerConfigs = ()
    retention_days: int = Field(default=30, ge=1)

    @field_validator("models", "models_parameter")
    @classmethod
    def _is_the_only_list(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("openai_api") != "responses" or _given(info, "model", "openai_base_url"):
            raise ValueError("cannot be combined with MODEL, OPENAI_API or OPENAI_BASE_URL")
        if info.field_name == "models_parameter" and _given(info, "models"):
            raise ValueError("cannot be combined with MODELS")
        return value


def _given(info: ValidationInfo, *fields: str) -> bool:
    return any(info.data.get(field) for field in fields)
