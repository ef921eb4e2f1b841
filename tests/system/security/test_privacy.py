"""After whole conversations, no token or secret is stored or logged, and no message is logged."""

import re
from dataclasses import dataclass, field

import httpx2
import pytest

from tests.recordings import dictation
from tests.store.contract.conversation import incompressible
from tests.system.e2e.service import Stack, User
from tests.system.security.entry_points import EntryPoint
from tests.system.security.operations import with_ids, without_ids
from tests.system.security.storage import SECRETS, Storage

# Words that occur only in messages and in the arguments of tools.
SAID = ("quincunx", "zarzuela", "fandango")
JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}")
BEARER = re.compile(r"bearer\s+\S", re.IGNORECASE)
# A text of this many characters is too long for a row, even compressed.
BIG = 190_000


@dataclass
class Written:
    """What a run has written, and texts that must not be in it."""

    logs: str
    stored: str
    needles: list[str] = field(repr=False)

    def found(self, text: str) -> list[str]:
        """Return the beginning of each needle and of anything like a token in a text."""
        named = [needle[:6] + "…" for needle in self.needles if needle in text]
        return named + [match[:12] + "…" for match in JWT.findall(text)]


def talk(user: User) -> str:
    thread = user.say(f"Add a task to rehearse the {SAID[0]}").thread
    for text in ("What is on my list?", f"Rename rehearse the {SAID[0]} to sing the {SAID[1]}"):
        assert user.say(text, thread).text
    assert SAID[2] in user.ask("input.transcribe", **dictation(SAID[2])).text
    letter = user.attach(f"{SAID[2]}.txt", SAID[2].encode(), "text/plain")
    assert user.say("Look at this", thread, attachments=[letter]).text
    assert "images/" in str(user.say(f"Draw a {SAID[2]}", thread).events)
    return thread


def misuse(stack: Stack, user: User, thread: str, entry_points: dict[str, EntryPoint]) -> None:
    """Send every kind of refused request, and a body that cannot be parsed."""
    for params in (with_ids(thread, "msg_unknown"), with_ids("thr_unknown", "msg_unknown")):
        for operation, named in (params | without_ids()).items():
            if operation != "threads.delete":
                user.ask(operation, **named)
    for token in [entry_point.genuine.signed for entry_point in entry_points.values()]:
        for entry_point in entry_points.values():
            entry_point.ask(token)
            entry_point.ask(token[:-1])
    body = b'{"type": "threads.create", "' + SAID[2].encode()
    assert stack.http.post("/chatkit", content=body, headers=user.headers).status_code == 400


def crash(stack: Stack, user: User) -> None:
    with user.saying(f"What can you do about the {SAID[2]}?") as response:
        lines = response.iter_lines()
        next(line for line in lines if "text_delta" in line)
        stack.kill_chat()
        with pytest.raises(httpx2.RemoteProtocolError):
            list(lines)


@pytest.fixture(scope="module")
def written(stack: Stack, storage: Storage, entry_points: dict[str, EntryPoint]) -> Written:
    user, leaving = stack.user("wanda"), stack.user("wanda")
    identity = stack.http.post("/local/token", json={"user": "wanda"}).json()["token"]
    thread = talk(user)
    big = user.say(f"{SAID[1]} {incompressible(BIG)}").thread
    misuse(stack, user, thread, entry_points)
    crash(stack, user)
    user.say("Show my tasks", thread)
    # A function logs what it cannot read, but must not quote it.
    storage.corrupt(thread, f"{{ {SAID[2]} ")
    user.ask("threads.get_by_id", thread_id=thread)
    gone = talk(user)
    assert user.ask("threads.delete", thread_id=gone).status_code == 200
    assert stack.http.delete("/api/chatkit/session", headers=leaving.headers).status_code == 204
    tokens = [identity, *(each.headers["authorization"][7:] for each in (user, leaving))]
    tokens += [entry_point.genuine.signed for entry_point in entry_points.values()]
    needles = [*tokens, *(part for token in tokens for part in token.split(".")[1:])]
    # An address with this shows an image to anyone, so it is neither stored nor logged.
    needles.append("X-Amz-Signature")
    # The local model's key is the word "scripted", which may occur for other reasons.
    needles += [storage.key(name).secret for name in SECRETS if name != "OpenAISecret"]
    assert big in storage.text()
    return Written(stack.logged(), storage.text(), needles)


def test_no_token_and_no_secret_is_written_anywhere(written: Written) -> None:
    assert written.found(written.logs) == []
    assert written.found(written.stored) == []
    assert BEARER.search(written.logs) is None
    assert BEARER.search(written.stored) is None


def test_no_message_is_in_a_log(written: Written) -> None:
    assert [word for word in SAID if word in written.logs.lower()] == []


def test_the_functions_logged_the_failures(written: Written) -> None:
    """Without this, the absence of messages in the logs would prove nothing."""
    assert "row_unreadable" in written.logs
    assert "request_id" in written.logs


def test_the_search_finds_what_is_stored(written: Written, storage: Storage) -> None:
    """Without this, finding no token would prove nothing. The words are in rows and in objects."""
    for word in SAID[:2]:
        assert word in written.stored
    assert any(SAID[1] in text for text in storage.objects())


@pytest.mark.parametrize("where", ["row", "compressed row", "object"])
def test_a_planted_token_is_found(
    stack: Stack, storage: Storage, written: Written, where: str
) -> None:
    user = stack.user("planter")
    token = written.needles[0]
    padding = {"row": "", "compressed row": "again " * 1000, "object": incompressible(BIG)}
    thread = user.say(f"{token} {padding[where]}").thread
    try:
        assert written.found(storage.text())
    finally:
        assert user.ask("threads.delete", thread_id=thread).status_code == 200


def test_a_logged_token_is_found(written: Written) -> None:
    line = f'{{"level": "INFO", "message": "got {written.needles[0]}"}}'
    assert written.found(written.logs + line)
