"""The shape of an answer: what stays the same when texts, times and random ids change.

A shape is a set of facts, each one line of text. `N` stands for any position in a list.
"""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import httpx2

DONE = "[DONE]"
# Members whose values belong to the API. Of all others, only the JSON type counts.
LITERAL = {"code", "finish_reason", "object", "param", "role", "status", "type"}
# What every HTTP server decides for itself.
OF_HTTP = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
_ID = re.compile(r"(resp|msg|fc|call|chatcmpl|rs)[_-]")


def shape_of(response: httpx2.Response) -> set[str]:
    """Return the facts of a response, whether it is JSON or a stream of events."""
    kind = response.headers["content-type"].partition(";")[0]
    facts = {f"status {response.status_code}", f"content-type {kind}"}
    names = {name.lower() for name in response.headers} - OF_HTTP - {"content-type"}
    facts |= {f"header {name}" for name in names}
    if kind == "text/event-stream":
        return facts | set(_stream_facts(response.text))
    return facts | set(_facts("body", response.json()))


def _stream_facts(text: str) -> Iterator[str]:
    order: list[str] = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        *names, data = block.split("\n")
        sent = data.removeprefix("data: ")
        if sent == DONE:
            order.append(DONE)
            continue
        event = json.loads(sent)
        order.append(kind := _kind(event))
        yield f"{kind}: {'named' if names == [f'event: {kind}'] else 'without a name'}"
        yield from _facts(kind, event)
    # How many pieces a text comes in is up to the server.
    yield f"order: {' > '.join(kind for kind, _ in groupby(order))}"


def _kind(event: dict[str, Any]) -> str:
    """Return the type of an event, or a word for what a chunk carries."""
    if "type" in event:
        return str(event["type"])
    if not event["choices"]:
        return "usage"
    [choice] = event["choices"]
    if choice["finish_reason"]:
        return "end"
    [first, *_] = choice["delta"]
    return {"role": "begin", "content": "text", "tool_calls": "call"}[first]


def _facts(path: str, value: Any) -> Iterator[str]:
    match value:
        case dict() if value:
            for name, member in value.items():
                yield from _facts(f"{path}.{name}", member)
        case list() if value:
            for member in value:
                yield from _facts(f"{path}.N", member)
        case _:
            yield f"{path}: {_shown(path.rpartition('.')[2], value)}"


def _shown(name: str, value: Any) -> str:
    """Return the value of a member if it belongs to the API, otherwise its prefix or its type."""
    match value:
        case str() if name in LITERAL:
            return value
        case str() if found := _ID.match(value):
            return f"{found[0]}…"
        case {} | [] | None | bool():
            return json.dumps(value)
        case _:
            return {str: "text", int: "number", float: "number"}[type(value)]
