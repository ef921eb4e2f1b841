"""Checks the tool servers of a team for mistakes that would show only in AWS."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from chat_api.tools.config import LOOPBACK, ToolServerConfig
from chatcore.settings import SettingFault
from stack_deploy.lookups import Lookups
from stack_deploy.secret_names import secret_fault

_NAME = "TOOL_SERVERS"


def tool_server_faults(
    servers: tuple[ToolServerConfig, ...], stack: str, lookups: Lookups
) -> Iterator[SettingFault]:
    """Yield faults: a URL of this machine, or a secret that the chat function cannot read."""
    for index, server in enumerate(servers):
        if urlsplit(server.url).hostname in LOOPBACK:
            reachable = "must be an address that can be reached from AWS"
            yield SettingFault(_NAME, f"[{index}].url", reachable)
        if server.secret and (fault := secret_fault(server.secret, f"{stack}/tools/", lookups)):
            yield SettingFault(_NAME, f"[{index}].secret", fault)
