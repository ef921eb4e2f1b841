"""Protection against requests that other web pages make the developer's browser send.

Any page can send requests to the ports of this machine. Two checks keep other pages out: a request
must name a host of the stack, which stops DNS rebinding, and it must not come from another site's
page.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:@/\[\]]+))(?::\d+)?")
_ALLOW = "To allow it, add its origin: PARAMETERS='AllowedOrigins=…' make run."


@dataclass(frozen=True)
class Refusal:
    """The response to a request that is refused."""

    status: int
    code: str
    message: str

    @property
    def body(self) -> dict[str, str]:
        return {"message": self.message, "code": self.code}


def one_of(patterns: Iterable[str]) -> str:
    """Return a regular expression for these origins or hosts, where * stands for one label."""
    labels = (re.escape(each).replace(r"\*", "[a-z0-9_-]+") for each in patterns)
    return "|".join(labels) or "(?!)"


def wrong_host(host: str, names: Collection[str]) -> Refusal | None:
    """Return the refusal of a Host header, or None for a loopback name or one of these names.

    The port does not matter.
    """
    parsed = _HOST.fullmatch(host.lower())
    if parsed and re.fullmatch(one_of(LOOPBACK_NAMES.union(names)), parsed[1] or parsed[2]):
        return None
    return Refusal(421, "misdirected", f"The local stack does not answer as {host!r}. {_ALLOW}")


def other_page(
    host: str, origin: str | None, fetch_site: str | None, origins: Collection[str] = ()
) -> Refusal | None:
    """Return the refusal of another page's request, or None for an allowed request.

    The stack's own page and pages of these origins are allowed, and so are other programs. Browsers
    send Origin with every POST and Sec-Fetch-Site with every request; other clients send neither.
    """
    if origin is None:
        foreign = fetch_site in ("cross-site", "same-site")
    else:
        foreign = origin != f"http://{host}" and not re.fullmatch(one_of(origins), origin)
    if not foreign:
        return None
    page = repr(origin) if origin else "another site"
    return Refusal(
        403, "forbidden", f"The local stack does not accept requests from {page}. {_ALLOW}"
    )


def host_names(origins: Iterable[str]) -> frozenset[str]:
    """Return the hosts of these origins, without ports."""
    parsed = [_HOST.fullmatch(each.lower().partition("://")[2]) for each in origins]
    return frozenset(each[1] or each[2] for each in parsed if each)


def only_hosts(app: ASGIApp, names: Collection[str] = ()) -> ASGIApp:
    """Serve requests for loopback names, for these names and for the server's own address."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        address, _ = scope["server"]
        refusal = wrong_host(Headers(scope=scope).get("host", ""), {address, *names})
        await (_answer(refusal) if refusal else app)(scope, receive, send)

    return guarded


def only_origins(app: ASGIApp, origins: Collection[str] = ()) -> ASGIApp:
    """Serve the application's own page, pages of these origins, and other programs."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refusal = other_page(
            headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site"), origins
        )
        await (_answer(refusal) if refusal else app)(scope, receive, send)

    return guarded


def for_programs(app: ASGIApp) -> ASGIApp:
    """Serve only requests that no other web page has sent."""
    return only_hosts(only_origins(app))


def _answer(refusal: Refusal) -> JSONResponse:
    return JSONResponse(refusal.body, refusal.status)
