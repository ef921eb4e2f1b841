"""A client that talks to the running stack as the widget does."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any

import httpx2

from local_stack.login import TOKEN_PATH

_LONGEST_SILENCE = 120.0
# Once a stream has begun, a gateway can only cut it off, without giving a reason.
_CUT_OFF = "The answer was cut off before its end. What arrived is in the thread; please ask again."


class ChatError(Exception):
    """The stack did not answer as expected; the message is a sentence for the user."""


async def identity_token(address: str, user: str, audience: str | None = None) -> str:
    """Return a token of the local login, for the page or another audience. Raise ChatError."""
    body = {"user": user} | ({"audience": audience} if audience else {})
    async with _connection(address) as client:
        answer = await _post(client, TOKEN_PATH, body)
        return str(answer["token"])


class ChatClient:
    """One user's conversation in one thread. `write` is called with the text as it streams."""

    def __init__(
        self, address: str, user: str, write: Callable[[str], None], thread: str | None = None
    ) -> None:
        self.thread = thread
        self._address = address
        self._user = user
        self._write = write
        self._in_line = False

    async def ask(self, message: str) -> str:
        """Send a message and return the whole text of the answer.

        `thread` holds the thread's id from then on. Raise ChatError.
        """
        token = await identity_token(self._address, self._user)
        answer = ""
        async with _connection(self._address) as client:
            session = await _post(client, "/api/chatkit/session", {}, token)
            client_secret = str(session["client_secret"])
            async with aclosing(_events(client, self._request(message), client_secret)) as events:
                try:
                    async for event in events:
                        answer += self._show(event)
                finally:
                    self._end_line()
        return answer

    def _request(self, message: str) -> dict[str, Any]:
        user_message = {
            "content": [{"type": "input_text", "text": message}],
            "attachments": [],
            "inference_options": {},
        }
        if self.thread is None:
            return {"type": "threads.create", "params": {"input": user_message}}
        params = {"input": user_message, "thread_id": self.thread}
        return {"type": "threads.add_user_message", "params": params}

    def _show(self, event: dict[str, Any]) -> str:
        """Write what the event contains, and return the text that it adds to the answer."""
        match event:
            case {"type": "thread.created", "thread": {"id": str(thread)}}:
                self.thread = thread
            case {"type": "thread.item.updated", "update": {"delta": str(delta)}}:
                self._write(delta)
                self._in_line = not delta.endswith("\n")
                return delta
            case {"type": "thread.item.updated", "update": {"task": {"title": str(title)}}}:
                self._write_note(title)
            case {"type": "progress_update", "text": str(text)}:
                self._write_note(text)
            case {"type": "notice", "message": str(text)}:
                self._write_note(text)
            case {"type": "thread.item.done", "item": {"status": "pending"} as item}:
                self._write_note(f"{_waits_for(item)} Answer on the page, or write a new message.")
            case {"type": "error"}:
                raise ChatError(str(event.get("message") or "The answer failed."))
        return ""

    def _write_note(self, text: str) -> None:
        self._end_line()
        self._write(f"[{text}]\n")

    def _end_line(self) -> None:
        if self._in_line:
            self._write("\n")
        self._in_line = False


def _waits_for(item: Mapping[str, Any]) -> str:
    """Return what an answer waits for. This client cannot give it."""
    questions = [str(each["question"]) for each in item.get("inputs", [])]
    return " ".join(questions) or f"The page has to run its tool {item.get('name')}."


@asynccontextmanager
async def _connection(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Connect to the stack, and turn failures of the connection into ChatError."""
    try:
        async with httpx2.AsyncClient(
            base_url=address, trust_env=False, timeout=_LONGEST_SILENCE
        ) as client:
            yield client
    except httpx2.ConnectError as error:
        raise ChatError(f"Nothing answers at {address}. Is `make run` running?") from error
    except httpx2.HTTPError as error:
        raise ChatError(f"The answer broke off: {error or type(error).__name__}") from error


async def _post(
    client: httpx2.AsyncClient, path: str, body: Mapping[str, str], token: str | None = None
) -> dict[str, Any]:
    response = await client.post(path, json=body, headers=_bearer(token))
    _check(path, response)
    with _json_errors(path):
        return dict(response.json())


async def _events(
    client: httpx2.AsyncClient, body: dict[str, Any], token: str
) -> AsyncGenerator[dict[str, Any]]:
    path = "/chatkit"
    async with client.sse(path, method="POST", json=body, headers=_bearer(token)) as source:
        if source.response.is_error:
            await source.response.aread()
        _check(path, source.response)
        try:
            async for event in source:
                with _json_errors(path):
                    yield dict(json.loads(event.data))
        except (httpx2.ReadError, httpx2.RemoteProtocolError) as error:
            raise ChatError(_CUT_OFF) from error


def _bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _check(path: str, response: httpx2.Response) -> None:
    if response.is_success:
        return
    try:
        message = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        message = response.text
    raise ChatError(f"{path} answered {response.status_code}: {message}")


@contextmanager
def _json_errors(path: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as error:
        raise ChatError(f"{path} did not send a JSON object.") from error
