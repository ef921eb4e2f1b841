"""The setting TOOL_SERVERS: the MCP servers of others that the agent may use, as a JSON list."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from chat_api.tools.approval import Approval
from chatcore.settings import json_list

# Only on this machine may a token be sent unencrypted.
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _safe(url: str) -> str:
    parts = urlsplit(url)
    clear = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or parts.username or not (parts.scheme == "https" or clear):
        raise ValueError("must be an https:// address without a password in it")
    return url


def _short(name: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9]{0,19}", name):
        raise ValueError("must be 1 to 20 lowercase letters and digits, and begin with a letter")
    return name


class ToolServerConfig(BaseModel):
    """One server: its tools are called `name__tool`.

    `secret` names a secret in Secrets Manager. With an `audience`, it signs a JWT (HS256) for each
    turn, with that `aud` and the user as `sub`. Without one, the secret itself is the bearer.
    `approval` says which of its tools run only after the person has approved the call.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, AfterValidator(_short)]
    url: Annotated[str, AfterValidator(_safe)]
    secret: Annotated[str, Field(min_length=1)] | None = None
    audience: Annotated[str, Field(min_length=1)] | None = None
    approval: Approval = "destructive"

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.audience and not self.secret:
            raise ValueError("must have a secret that signs for its audience")
        return self


def _distinct(servers: tuple[ToolServerConfig, ...]) -> tuple[ToolServerConfig, ...]:
    if len({server.name for server in servers}) != len(servers):
        raise ValueError("must give every server a name of its own")
    return servers


ToolServerConfigs = Annotated[
    tuple[ToolServerConfig, ...], BeforeValidator(json_list), AfterValidator(_distinct)
]
