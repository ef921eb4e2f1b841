"""Headers that no client library sends, and bodies that name a user, do not change the user."""

import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.system.e2e.service import Stack, User
from tests.waiting import PATIENCE

BODY = b'{"type": "threads.list", "params": {}}'
# Headers with which some gateways, proxies and frameworks name the user.
IDENTITIES = [
    "X-User-Id: victim",
    "X-User: victim",
    "X-Forwarded-User: victim",
    "X-Remote-User: victim",
    "X-Authenticated-User: victim",
    "X-Auth-Request-User: victim",
    "X-Amzn-Oidc-Identity: victim",
    "X-Amzn-Oidc-Data: e30.eyJzdWIiOiJ2aWN0aW0ifQ.x",
    "X-Amz-Security-Token: victim",
    "X-Amzn-Trace-Id: Root=1-0-0;Self=victim",
    'X-Amzn-Requestcontext: {"authorizer":{"sub":"victim"}}',
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-Host: victim.example",
    "X-Original-Url: /api/health",
    "X-Rewrite-Url: /api/health",
    "X-Http-Method-Override: DELETE",
    "Forwarded: for=127.0.0.1;by=victim",
    "Proxy-Authorization: Bearer victim",
    "Cookie: user=victim; session=victim",
    "Content-Location: /victim",
]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


@pytest.fixture(scope="module")
def victim(stack: Stack) -> str:
    """Return the id of another user's thread."""
    return stack.user("victim").say("Add a task to hide the heirloom").thread


@pytest.fixture(scope="module")
def mallory(stack: Stack) -> User:
    return stack.user("mallory")


def send(stack: Stack, *lines: bytes | str, body: bytes = BODY) -> Answer:
    """Send POST /chatkit with exactly these header lines."""
    address = urlsplit(stack.address)
    assert address.hostname
    host = b"Host: " + address.netloc.encode()
    written = [line if isinstance(line, bytes) else line.encode() for line in lines]
    head = [b"POST /chatkit HTTP/1.1", host, b"Content-Type: application/json", *written]
    with socket.create_connection((address.hostname, address.port or 80), timeout=PATIENCE) as sent:
        length = b"Content-Length: %d" % len(body)
        sent.sendall(b"\r\n".join([*head, length, b"Connection: close", b"", body]))
        answer = b"".join(iter(lambda: sent.recv(65_536), b""))
    first, _, rest = answer.partition(b"\r\n\r\n")
    return Answer(int(first.split()[1]), rest)


def bearer(user: User) -> str:
    return f"Authorization: {user.headers['authorization']}"


@pytest.mark.parametrize("line", IDENTITIES)
def test_no_other_header_determines_the_user(
    stack: Stack, victim: str, mallory: User, line: str
) -> None:
    assert send(stack, line).status == 401
    seen = send(stack, line, bearer(mallory))
    assert seen.status == 200
    assert victim.encode() not in seen.body


def test_no_body_determines_the_user(stack: Stack, victim: str, mallory: User) -> None:
    claims = {"user": "victim", "user_id": "victim", "sub": "victim", "authorization": "victim"}
    asked = {"type": "threads.list", "params": claims, "metadata": claims} | claims
    body = json.dumps(asked).encode()
    assert send(stack, body=body).status == 401
    assert victim.encode() not in send(stack, bearer(mallory), body=body).body


REPEATED = {
    "two good ones": ["Authorization: {0}", "Authorization: {1}"],
    "a good one twice": ["Authorization: {0}", "Authorization: {0}"],
    "a bad one first": ["Authorization: Bearer x", "Authorization: {0}"],
    "a bad one last": ["Authorization: {0}", "Authorization: Bearer x"],
    "in two spellings": ["authorization: {0}", "AUTHORIZATION: {1}"],
    "joined by a comma": ["Authorization: {0}, {1}"],
    "joined by a comma, the first bad": ["Authorization: Basic eDp5, {0}"],
    "with an empty one": ["Authorization:", "Authorization: {0}"],
}


@pytest.mark.parametrize("attack", REPEATED)
def test_two_authorizations_count_as_none(stack: Stack, mallory: User, attack: str) -> None:
    two = mallory.headers["authorization"], stack.user("mallory").headers["authorization"]
    assert send(stack, *(line.format(*two) for line in REPEATED[attack])).status == 401


MISPLACED = {
    "folded into another": [b"X-Other: a", b" Authorization: Bearer {0}"],
    "another scheme": [b"Authorization: Basic {0}"],
    "no scheme": [b"Authorization: {0}"],
    "in a cookie": [b"Cookie: Authorization=Bearer {0}; token={0}"],
    "under another name": [b"X-Authorization: Bearer {0}", b"Proxy-Authorization: Bearer {0}"],
    "an underscore": [b"HTTP_AUTHORIZATION: Bearer {0}"],
    "a quoted one": [b'Authorization: Bearer "{0}"'],
    "two spaces": [b"Authorization: Bearer  {0}"],
}


@pytest.mark.parametrize("attack", MISPLACED)
def test_a_token_is_read_only_from_its_header(stack: Stack, mallory: User, attack: str) -> None:
    token = mallory.headers["authorization"].removeprefix("Bearer ").encode()
    answer = send(stack, *(line.replace(b"{0}", token) for line in MISPLACED[attack]))
    assert answer.status == 401


MALFORMED = {
    "a space before the colon": b"Authorization : {0}",
    "a NUL in the name": b"Authorization\0: {0}",
    "a NUL in the value": b"Authorization: {0}\0",
}


@pytest.mark.parametrize("attack", MALFORMED)
def test_a_malformed_header_is_refused_before_it_is_routed(
    stack: Stack, mallory: User, attack: str
) -> None:
    authorization = mallory.headers["authorization"].encode()
    answer = send(stack, MALFORMED[attack].replace(b"{0}", authorization))
    assert answer == Answer(400, b"Invalid HTTP request received.")
