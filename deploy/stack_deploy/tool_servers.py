"""What a deployed chat function asks of the tool servers that a team names."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chat_api.tools.config import LOOPBACK, ToolServerConfig
from chatcore.settings import SettingFault

_NAME = "TOOL_SERVERS"


def tool_server_faults(servers: tuple[ToolServerConfig, ...], stack: str) -> Iterator[SettingFault]:
    """Yield what would fail only in AWS: an address of this machine, a secret it may not read."""
    for index, server in enumerate(servers):
        if urlsplit(server.url).hostname in LOOPBACK:
            reachable = "must be an address that can be reached from AWS"
            yield SettingFault(_NAME, f"[{index}].url", reachable)
        # A secret may be named by its ARN too.
        readable = f"{stack}/tools/"
        if server.secret and not server.secret.rpartition(":secret:")[2].startswith(readable):
            named = f"must begin with {readable}, or the chat function may not read it"
            yield SettingFault(_NAME, f"[{index}].secret", named)
