"""A request to AWS in the terms of IAM policies."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from local_stack.template.names import ACCOUNT, REGION
from tests.store.contract.http_messages import TARGET, Request

# The header with a function's session token. In the local stack, the token is the function's name.
TOKEN = "x-amz-security-token"
_FUNCTION = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_KEY = re.compile(r"<Key>([^<]*)</Key>")
# Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
_OBJECT_ACTIONS = {"GET": "GetObject", "PUT": "PutObject"}


@dataclass(frozen=True, order=True)
class AwsCall:
    """One action on one resource."""

    function: str
    action: str
    resource: str


def aws_calls(request: Request) -> Iterator[AwsCall]:
    """Yield the actions that the policies of the request's role must allow.

    Raise KeyError for a request without a session token, and ValueError for one that maps to no
    action.
    """
    function = request.headers.get(TOKEN) or _signer(request.line)
    for action, resource in _actions(request):
        yield AwsCall(function, action, resource)


def _signer(line: str) -> str:
    """Return the session token in a presigned address: S3 asks the role that has signed it."""
    return parse_qs(urlsplit(line.split(" ")[1]).query)["X-Amz-Security-Token"][0]


def _actions(request: Request) -> Iterator[tuple[str, str]]:
    target = request.headers.get(TARGET, "")
    service, _, operation = target.partition(".")
    if service.startswith("DynamoDB"):
        return _on_tables(operation, json.loads(request.body))
    if service == "secretsmanager":
        secret = _arn("secretsmanager", json.loads(request.body)["SecretId"], "secret:")
        return iter([(f"secretsmanager:{operation}", secret)])
    method, path, _ = request.line.split(" ")
    if invoked := _FUNCTION.fullmatch(urlsplit(path).path):
        arn = _arn("lambda", unquote(invoked[1]), "function:")
        return iter([("lambda:InvokeFunction", arn)])
    return _on_objects(method, path, request.body.decode("latin-1"))


def _on_tables(operation: str, asked: dict[str, object]) -> Iterator[tuple[str, str]]:
    tables = asked["RequestItems"] if "RequestItems" in asked else {asked["TableName"]: None}
    assert isinstance(tables, dict)
    for table in tables:
        yield f"dynamodb:{operation}", _arn("dynamodb", table, "table/")


def _on_objects(method: str, address: str, body: str) -> Iterator[tuple[str, str]]:
    url = urlsplit(address)
    bucket, _, key = unquote(url.path).lstrip("/").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    if method == "POST" and url.query == "delete":
        for each in _KEY.findall(body):
            yield "s3:DeleteObject", f"{arn}/{each}"
    elif method in _OBJECT_ACTIONS and key:
        yield f"s3:{_OBJECT_ACTIONS[method]}", f"{arn}/{key}"
    else:
        raise ValueError(f"no action is known for {method} {address}")


def _arn(service: str, name: str, kind: str) -> str:
    whole = name.startswith("arn:")
    return name if whole else f"arn:aws:{service}:{REGION}:{ACCOUNT}:{kind}{name}"
