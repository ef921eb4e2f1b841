"""The media types that a client may accept and send. The tools read and send only JSON."""

import json
from typing import Any

import pytest

from tests.unit.mcp_api.function import ENVELOPE, MODERN, Event, Function, Json

ACCEPTED = [
    [],
    # An empty list names no type either.
    [""],
    [","],
    ["*/*"],
    ["*"],
    ["application/*"],
    ["application/json"],
    ["application/json;q=0.5"],
    ["application/json; charset=utf-8"],
    ['application/json; profile="a,b;q=0"'],
    ["application/json, text/event-stream"],
    ["text/event-stream", "application/json"],
    ["Application/JSON"],
    ["  application/json  ,text/event-stream"],
    ["application/json ; Q = 0.1"],
    ["application/json;q=high"],
    ["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"],
    ["application/*;q=0, application/json"],
    ["*/*;q=0,application/*;q=0.001"],
    ["text/html;level=1,,application/json"],
]
REFUSED = [
    ["text/html"],
    ["text/*"],
    ["text/event-stream"],
    ["application/json;q=0"],
    ["application/json;q=0.000, */*"],
    ["application/*;q=0, */*"],
    ["*/*;q=0"],
    ["application/jsonp"],
    ["application/xml", "text/html"],
    ["json"],
]


def request_with(event: Event, token: str, name: str, values: list[str], **more: Any) -> Json:
    """Return a request whose header `name` has these values, one line each."""
    request = event("mcp-list-tools", token) | more
    for headers in (request["headers"], request["multiValueHeaders"]):
        for present in [each for each in headers if each.lower() == name]:
            del headers[present]
    if values:
        request["headers"][name] = values[-1]
        request["multiValueHeaders"][name] = values
    return request


def modern(request: Json, method: str) -> Json:
    """Return the request in the revision without a handshake."""
    for name, value in {"MCP-Protocol-Version": MODERN, "Mcp-Method": method}.items():
        request["headers"][name] = value
        request["multiValueHeaders"][name] = [value]
    params = {"_meta": ENVELOPE}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return request | {"body": json.dumps(body)}


def refusal(answer: Json) -> tuple[int, str]:
    """Return the status and the code of a refusal, which must be a JSON-RPC error."""
    body = json.loads(answer["body"])
    assert (body["jsonrpc"], body["id"]) == ("2.0", None)
    assert body["error"]["message"]
    return answer["statusCode"], body["error"]["data"]["code"]


@pytest.mark.parametrize("values", ACCEPTED)
def test_a_client_that_accepts_json_or_names_no_type_is_answered(
    function: Function, event: Event, values: list[str]
) -> None:
    token = function.token("alice")
    answer = function.send(request_with(event, token, "accept", values))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["result"]["tools"]
    listed = function.send(modern(request_with(event, token, "accept", values), "tools/list"))
    assert json.loads(listed["body"])["result"]["tools"]


@pytest.mark.parametrize("values", REFUSED)
def test_a_client_that_does_not_accept_json_gets_406_in_either_revision(
    function: Function, event: Event, values: list[str]
) -> None:
    token = function.token("alice")
    request = request_with(event, token, "accept", values)
    for each in (request, modern(request, "tools/list")):
        assert refusal(function.send(each)) == (406, "not_acceptable")


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["application/json"],
        ["application/json; charset=utf-8"],
        ["application/json;charset=UTF-8"],
        ["Application/Json"],
        ["application/json ; charset=utf-8"],
        ['application/json; profile="a,b"'],
        ["application/json", "application/json"],
    ],
)
def test_a_json_body_or_one_of_no_stated_type_is_read(
    function: Function, event: Event, values: list[str]
) -> None:
    token = function.token("alice")
    answer = function.send(request_with(event, token, "content-type", values))
    assert answer["statusCode"] == 200
    listed = function.send(modern(request_with(event, token, "content-type", values), "tools/list"))
    assert listed["statusCode"] == 200


@pytest.mark.parametrize(
    "values",
    [
        ["text/plain"],
        ["application/x-www-form-urlencoded"],
        ["application/jsonp"],
        ["application/vnd.api+json"],
        ["json"],
        ["text/plain; x=application/json"],
        ["text/plain", "application/json"],
        ["text/plain, application/json"],
    ],
)
def test_a_body_of_another_type_gets_415_in_either_revision(
    function: Function, event: Event, values: list[str]
) -> None:
    request = request_with(event, function.token("alice"), "content-type", values)
    for each in (request, modern(request, "tools/list")):
        assert refusal(function.send(each)) == (415, "unsupported_media_type")


def test_without_a_token_media_types_are_not_checked(function: Function, event: Event) -> None:
    for name in ("accept", "content-type"):
        answer = function.send(request_with(event, "", name, ["text/html"]))
        assert refusal(answer) == (401, "unauthenticated")


def test_a_tool_is_called_without_an_accept_header(function: Function, event: Event) -> None:
    call = {"name": "add_note", "arguments": {"text": "buy milk"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call})
    added = function.send(request_with(event, function.token("alice"), "accept", [], body=body))
    assert json.loads(added["body"])["result"]["structuredContent"] == {"notes": ["buy milk"]}
