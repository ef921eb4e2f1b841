"""Checks the tool servers of a team for mistakes that would show only in AWS."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chat_api.tools.config import LOOPBACK, ToolServerConfig
from chatcore.settings import SettingFault

_NAME = "TOOL_SERVERS"


def tool_server_faults(servers: tuple[ToolServerConfig, ...], stack: str) -> Iterator[SettingFault]:
    """Yield faults: a URL of this machine, or a secret that the chat function may not read."""
    for index, server in enumerate(servers):
        if urlsplit(server.url).hostname in LOOPBACK:
            reachable = "must be an address that can be reached from AWS"
            yield SettingFault(_NAME, f"[{index}].url", reachable)
        # A secret may also be given by its ARN.
        readable = f"{stack}/tools/"
        if server.secret and not server.secret.rpartition(":secret:")[2].startswith(readable):
            named = f"must begin with {readable}, or the chat function may not read it"
            yield SettingFault(_NAME, f"[{index}].secret", named)
