"""Every time in a response is in UTC and has one format."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from agents.testing import assistant_message

from chat_api.sse import in_utc
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.wire import done


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-11-21T09:00:00", "2026-11-21T03:30:00Z"),
        ("2026-11-21T09:00:00.123456", "2026-11-21T03:30:00.123456Z"),
        ("2026-11-21T09:00:00+00:00", "2026-11-21T09:00:00Z"),
        ("2026-11-21T09:00:00.1+02:00", "2026-11-21T07:00:00.100000Z"),
        ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"),
        ("yesterday evening, after nine", "yesterday evening, after nine"),
    ],
)
def test_every_creation_time_is_sent_in_utc(
    zone_other_than_utc: None, written: str, sent: str
) -> None:
    json_sent = in_utc(f'{{"created_at":"{written}"}}'.encode())
    assert json.loads(json_sent) == {"created_at": sent}


def times(shown: Any) -> Iterator[tuple[str, str]]:
    """Yield the id and the time of everything in a response, at any depth."""
    if isinstance(shown, dict):
        if "created_at" in shown:
            yield shown["id"], shown["created_at"]
        shown = list(shown.values())
    for each in shown if isinstance(shown, list) else []:
        yield from times(each)


async def test_all_responses_and_events_use_one_time_format(
    zone_other_than_utc: None, chat: Chat
) -> None:
    shown = await shown_list(chat, "milk")
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    answers = [await chat.say("Hi", shown.thread), await chat.shown(shown.thread)]
    at = {"thread_id": shown.thread}
    for operation, params in [
        ("threads.list", {}),
        ("threads.get_by_id", at),
        ("threads.update", at | {"title": "Milk"}),
    ]:
        answers.append((await chat.send(operation, **params)).json())
    answers.append(chat.events(await shown.press("Done", streamed=True)))
    answers.append((await shown.press("Delete")).json())
    first = {"item_id": answers[1][0]["id"]}
    retried = await chat.send("threads.retry_after_item", **at, **first)
    answers.append(chat.events(retried))
    found = [list(times(answer)) for answer in answers]
    assert all(found)
    for _, time_of_it in (each for some in found for each in some):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", time_of_it)
    # The SDK creates a started item again when it is done.
    [streamed, stored] = [dict(times(done(answers[0]))), dict(found[1])]
    assert streamed.items() <= stored.items()


def test_times_in_a_users_text_are_unchanged() -> None:
    words = 'write {"created_at":"2026-11-21T09:00:00"} please'
    sent = json.dumps({"text": words}).encode()
    assert json.loads(in_utc(sent)) == {"text": words}
