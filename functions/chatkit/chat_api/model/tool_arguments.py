"""Parses the arguments of a tool call, as a model writes them."""

import json
from typing import Any

from chat_api.model.texts import well_formed, well_formed_json

# The start of a JSON escape for half of a surrogate pair.
HALF = "\\ud"


class UnreadableArguments(ValueError):
    """The arguments are not a JSON object. The message says why."""


def read_arguments(text: str) -> dict[str, Any]:
    """Return the arguments of a call; an empty text has none. Raise `UnreadableArguments`."""
    return _read(text, [])


def plain_arguments(text: str) -> str:
    """Return the arguments as JSON that strict parsers accept. Raise `UnreadableArguments`.

    Python reads NaN and Infinity, which are not JSON; they become null.
    """
    constants: list[str] = []
    arguments = _read(text, constants)
    return text if text and not constants else json.dumps(arguments)


def well_formed_arguments(text: str) -> str:
    """Return the arguments with a question mark for each half of a character, as JSON may have.

    The Agents SDK cannot encode half a character. Arguments that cannot be read stay as they are.
    """
    text = well_formed(text)
    if HALF not in text.lower():
        return text
    try:
        return json.dumps(well_formed_json(read_arguments(text)), ensure_ascii=False)
    except UnreadableArguments:
        return text


def _read(text: str, constants: list[str]) -> dict[str, Any]:
    try:
        # `append` collects each constant, and returns the None that replaces it.
        arguments = json.loads(text, parse_constant=constants.append) if text else {}
    except RecursionError:
        raise UnreadableArguments("It is nested too deeply") from None
    except ValueError as error:
        raise UnreadableArguments(str(error)) from None
    if not isinstance(arguments, dict):
        raise UnreadableArguments(f"It is a JSON {_KINDS[type(arguments)]}")
    return arguments


_KINDS = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
