"""Allowed origins (RFC 6454), with a wildcard for preview domains."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

# RFC 1035 section 2.3.4 limits a label. Host names may not have underscores, but some do.
_LABEL = "[a-z0-9_-]{1,63}"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_PORT = "(?::([1-9][0-9]{0,4}))?"
_EXACT = re.compile(rf"(https?)://{_HOST}{_PORT}")
# Two or more labels after the star keep a pattern from matching a whole top-level domain.
_PATTERN = re.compile(rf"(https)://\*\.{_LABEL}\.{_HOST}{_PORT}")
# Browsers leave the default port out of an origin.
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Origins:
    """A set of origins, exact or with a star as the first label: `https://*.preview.example.com`.

    The star stands for exactly one label, as in a certificate (RFC 9525 section 6.3): neither
    `https://preview.example.com` nor `https://a.b.preview.example.com` matches.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        escaped = [re.escape(origin).replace(r"\*", _LABEL) for origin in allowed]
        # Without origins, the expression matches nothing.
        self.regex = "|".join(escaped) or "(?!)"
        self._compiled = re.compile(self.regex)

    def __contains__(self, origin: str) -> bool:
        return self._compiled.fullmatch(origin) is not None


def _checked(origin: str) -> str:
    parts = (_PATTERN if "*" in origin else _EXACT).fullmatch(origin)
    if parts is None:
        raise ValueError(_form_fault(origin))
    scheme, port = parts[1], parts[2]
    if port and int(port) > 65_535:
        raise ValueError("must have a port from 1 to 65,535, or none")
    if port == _DEFAULT_PORTS[scheme]:
        raise ValueError(f"must leave out the port {port}, as browsers do")
    return origin


def _form_fault(origin: str) -> str:
    if "*" in origin:
        return (
            "must have its * as the whole first label of an https host, with two labels or more"
            " after it, like https://*.preview.example.com"
        )
    return "must be an origin like https://app.example.com: lower case, without a path"


AllowedOrigin = Annotated[str, AfterValidator(_checked)]
