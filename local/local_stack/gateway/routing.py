"""The choice of a route for a request, as in API Gateway's REST APIs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local_stack.template import Route

_PARAMETER = re.compile(r"\{([^{}+]+)(\+?)\}")


@dataclass(frozen=True)
class Match:
    """The route of a request, and the decoded values of its path parameters."""

    route: Route
    path_parameters: Mapping[str, str]


class Router:
    """The routes of an API.

    The most specific path wins: a literal part beats `{name}`, which beats `{name+}`. Then a
    specific method beats ANY.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._resources: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._resources.setdefault(route.path, {})[route.method] = route
        self._paths = sorted(self._resources, key=_generality)

    def match(self, method: str, path: str) -> Match | None:
        """Return the route for this method and this path, which is still percent-encoded."""
        for resource in self._paths:
            matched = _pattern(resource).fullmatch(path)
            if matched:
                methods = self._resources[resource]
                route = methods.get(method) or methods.get("ANY")
                parameters = {name: unquote(value) for name, value in matched.groupdict().items()}
                return Match(route, parameters) if route else None
        return None


def _generality(path: str) -> list[int]:
    return [_part_generality(part) for part in path.split("/")]


def _part_generality(part: str) -> int:
    parameter = _PARAMETER.fullmatch(part)
    if not parameter:
        return 0
    return 2 if parameter[2] else 1


def _pattern(path: str) -> re.Pattern[str]:
    parts = []
    for part in path.split("/"):
        parameter = _PARAMETER.fullmatch(part)
        if parameter:
            name, greedy = parameter.groups()
            parts.append(f"(?P<{name}>{'.+' if greedy else '[^/]+'})")
        else:
            parts.append(re.escape(part))
    return re.compile("/".join(parts))
