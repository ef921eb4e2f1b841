"""Requests for tools that OpenAI runs itself: "Draw …" and "Search the web for …"."""

import re
from collections.abc import Collection

from local_stack.model.conversation import HostedCall, Reply

_DRAW = re.compile(r"draw (?P<about>.+?)[.!]?", re.IGNORECASE | re.DOTALL)
_SEARCH = re.compile(r"search the web for (?P<about>.+?)[.?!]?", re.IGNORECASE | re.DOTALL)


def use_hosted_tool(request: str, offered: Collection[str]) -> Reply | None:
    """Return the answer to one of these requests; None for another one, or without its tool."""
    if "image_generation" in offered and (found := _DRAW.fullmatch(request.strip())):
        about = found["about"]
        return Reply(f"Here is {about}.", hosted=HostedCall("image_generation", about))
    if "web_search" in offered and (found := _SEARCH.fullmatch(request.strip())):
        about = found["about"]
        return Reply(f"This page is about {about}.", hosted=HostedCall("web_search", about))
    return None
