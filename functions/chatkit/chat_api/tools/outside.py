"""Other MCP servers, which a team names by setting: TOOL_SERVERS, a JSON list."""

import json
from collections.abc import Callable
from typing import Annotated, Self
from urllib.parse import urlsplit

import httpx2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from chat_api.tools.bearers import Bearer, fixed, token_for
from chat_api.tools.server import Server
from chatcore.keys import Keys

# Only on this machine may a token travel in the clear.
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _safe(url: str) -> str:
    parts = urlsplit(url)
    clear = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or parts.username or not (parts.scheme == "https" or clear):
        raise ValueError("must be an https:// address without a password in it")
    return url


class OutsideServer(BaseModel):
    """One server: its tools are called `name__tool`.

    `secret` names a secret in Secrets Manager. With an `audience` it signs a token (JWT, HS256) a
    turn, whose `aud` that is and whose `sub` is the user; without one it is itself the bearer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,19}$")]
    url: Annotated[str, AfterValidator(_safe)]
    secret: Annotated[str, Field(min_length=1)] | None = None
    audience: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.audience and not self.secret:
            raise ValueError("an audience needs a secret that signs for it")
        return self


def _read(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _distinct(servers: tuple[OutsideServer, ...]) -> tuple[OutsideServer, ...]:
    if len({server.name for server in servers}) != len(servers):
        raise ValueError("every server needs a name of its own")
    return servers


OutsideServers = Annotated[
    tuple[OutsideServer, ...], BeforeValidator(_read), AfterValidator(_distinct)
]


def outside_server(
    named: OutsideServer,
    keys: Callable[[str], Keys],
    transport: Callable[[], httpx2.AsyncBaseTransport],
) -> Server:
    """The server behind a setting; `keys` reads the secret of a name."""
    return Server(named.name, named.url, transport, _bearer(named, keys), prefix=named.name)


def _bearer(named: OutsideServer, keys: Callable[[str], Keys]) -> Bearer | None:
    if named.secret is None:
        return None
    secret = keys(named.secret)
    return token_for(named.audience, secret) if named.audience else fixed(secret)
