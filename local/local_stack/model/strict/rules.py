"""The rules that both APIs share: names, ids, arguments, texts, parameters and tools."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

type Json = Mapping[str, Any]
type Violations = Iterator[str]

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_TOOLS = 128
MAX_DESCRIPTION = 1024
# These describe the use of tools, so a request without tools may not have them.
_WITH_TOOLS = ("tool_choice", "parallel_tool_calls")


def unknown_members(value: Json, known: Collection[str], where: str) -> Violations:
    """Yield a violation for each member that is not known."""
    for name in sorted(value.keys() - set(known)):
        yield f"{where}: unknown member {name!r}"


def body_violations(body: Json, parameters: Collection[str], tools: Iterable[Json]) -> Violations:
    """Yield the violations of a body outside its messages. `tools` are the functions it offers."""
    yield from unknown_members(body, parameters, "body")
    yield from text_violations(body.get("model"), "model")
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        yield "body: half a character, which UTF-8 cannot encode"
    except ValueError:
        yield "body: a number that is not JSON"
    yield from (f"{name}: null" for name, value in body.items() if value is None)
    if not body.get("tools"):
        yield from (f"{name}: without tools" for name in _WITH_TOOLS if name in body)
    if "stream_options" in body and not body.get("stream"):
        yield "stream_options: without a stream"
    yield from tool_violations(list(tools))


def tool_violations(tools: list[Json]) -> Violations:
    """Yield the violations of the functions that a request offers."""
    if len(tools) > MAX_TOOLS:
        yield f"tools: {len(tools)} of them"
    names = [tool.get("name") for tool in tools]
    for index, tool in enumerate(tools):
        where = f"tools[{index}]"
        yield from name_violations(tool.get("name"), where)
        if tool.get("name") in names[:index]:
            yield f"{where}: a second {tool.get('name')!r}"
        description = tool.get("description", "")
        if not isinstance(description, str) or len(description) > MAX_DESCRIPTION:
            yield f"{where}: its description is not text of at most {MAX_DESCRIPTION} characters"
        schema = tool.get("parameters")
        if not isinstance(schema, dict) or schema.get("type") != "object":
            yield f"{where}: its parameters are not the schema of an object"
        elif not isinstance(schema.get("properties"), dict):
            yield f"{where}: its parameters have no properties"
        elif tool.get("strict"):
            yield from _strict_schema_violations(schema, where)


def _strict_schema_violations(schema: object, where: str) -> Violations:
    if isinstance(schema, list):
        for each in schema:
            yield from _strict_schema_violations(each, where)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if isinstance(properties, dict):
        if schema.get("additionalProperties") is not False:
            yield f"{where}: a strict object that allows other members"
        if set(schema.get("required", ())) != set(properties):
            yield f"{where}: a strict object with optional members"
    for each in schema.values():
        yield from _strict_schema_violations(each, where)


def name_violations(name: object, where: str) -> Violations:
    """Yield a violation unless it is a valid name of a function."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"{where}: the name {name!r}"


def call_violations(call_id: object, function: Json, where: str) -> Violations:
    """Yield the violations of a call: its id, its name and its arguments."""
    if not isinstance(call_id, str) or not CALL_ID.fullmatch(call_id):
        yield f"{where}: the call id {call_id!r}"
    yield from name_violations(function.get("name"), where)
    arguments = function.get("arguments")
    try:
        parsed = json.loads(arguments, parse_constant=_refuse) if isinstance(arguments, str) else 0
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        yield f"{where}: arguments that are not a JSON object"


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def text_violations(text: object, where: str) -> Violations:
    """Yield a violation unless it is text that is not blank."""
    if not isinstance(text, str):
        yield f"{where}: not text"
    elif not text.strip():
        yield f"{where}: blank text"


class Pairs:
    """Follows calls and their results: every call has one result, right after it and in order."""

    def __init__(self) -> None:
        self._used: set[object] = set()
        self._waiting: list[object] = []
        self._answering = False

    def call(self, call_id: object, where: str) -> Violations:
        """Yield the violations of another call. Calls made at once come before their results."""
        if self._answering:
            yield from self.interrupt(where)
        if call_id in self._used:
            yield f"{where}: a second call {call_id!r}"
        self._used.add(call_id)
        self._waiting.append(call_id)

    def result(self, call_id: object, where: str) -> Violations:
        """Yield the violations of another result."""
        self._answering = True
        if call_id not in self._waiting:
            yield f"{where}: a result without an earlier call: {call_id!r}"
            return
        if call_id != self._waiting[0]:
            yield f"{where}: a result before that of an earlier call"
        self._waiting.remove(call_id)
        self._answering = bool(self._waiting)

    def interrupt(self, where: str) -> Violations:
        """Yield a violation if calls still wait for their results here."""
        if self._waiting:
            yield f"{where}: no earlier result of the calls {self._waiting}"
        self._waiting, self._answering = [], False
