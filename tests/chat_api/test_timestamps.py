import json
from datetime import datetime

from chat_api.timestamps import in_utc


def test_a_naive_time_is_given_its_zone() -> None:
    naive = datetime.fromisoformat("2026-11-21T09:00:00.123456")
    sent = json.loads(in_utc(b'{"created_at":"2026-11-21T09:00:00.123456"}'))
    assert datetime.fromisoformat(sent["created_at"]) == naive.astimezone()


def test_a_time_with_a_zone_stays() -> None:
    sent = b'{"created_at":"2026-11-21T09:00:00Z"}'
    assert in_utc(sent) == sent


def test_a_user_s_words_stay_what_they_are() -> None:
    words = 'write {"created_at":"2026-11-21T09:00:00"} please'
    sent = json.dumps({"text": words}).encode()
    assert json.loads(in_utc(sent)) == {"text": words}
