"""Checks for values that CloudFormation and the functions accept, but that must be mistakes."""

from collections.abc import Callable
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# Their JSON may span several lines, and may contain a key by mistake.
JSON_LISTS = frozenset({"Models", "ToolServers"})


def value_fault(name: str, value: str) -> str | None:
    """Return what the value must be and is not ("must be …"), or None for a valid value."""
    return _text_fault(name, value) or _OF_A_PARAMETER.get(name, _no_fault)(value)


def _text_fault(name: str, value: str) -> str | None:
    if value != value.strip():
        return "must not begin or end with whitespace"
    if name not in JSON_LISTS and not value.isprintable():
        return "must be one line of text without control characters"
    return None


def _no_fault(_value: str) -> None:
    return None


def _origins_fault(value: str) -> str | None:
    origins = value.split(",")
    return "must name each origin once" if len(set(origins)) < len(origins) else None


def endpoint_fault(value: str) -> str | None:
    """Return what the address of a model's endpoint must be and is not, or None."""
    if not value:
        return None
    if fault := _port_fault(value):
        return fault
    parts = urlsplit(value)
    if not parts.hostname:
        return "must be an address with the name of a host"
    if "@" in parts.netloc:
        return (
            "must be an address without a password: everyone with access to the stack could read it"
        )
    if parts.hostname in LOOPBACK:
        return "must be an address that can be reached from AWS"
    if parts.scheme != "https":
        return "must be an https:// address, because keys and conversations are sent there"
    return None


def _models_fault(value: str) -> str | None:
    names = [name.strip() for name in value.split(",")]
    return "must name each model once" if len(set(names)) < len(names) else None


def _port_fault(address: str) -> str | None:
    try:
        good = urlsplit(address).port != 0
    except ValueError:
        good = False
    return None if good else "must be an address with a port from 1 to 65,535, or without one"


_OF_A_PARAMETER: dict[str, Callable[[str], str | None]] = {
    "AllowedOrigins": _origins_fault,
    "IdentityJwksUrl": _port_fault,
    "Model": _models_fault,
    "OpenAIBaseUrl": endpoint_fault,
}
