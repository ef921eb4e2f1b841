"""Other MCP servers, which a team names by setting."""

from collections.abc import Callable

import httpx2

from chat_api.tools.bearers import Bearer, fixed, token_for
from chat_api.tools.server import Server
from chat_api.tools.settings import OutsideServer
from chatcore.keys import Keys


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
