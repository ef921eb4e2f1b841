"""How long a login's keys are cached, and when they are read again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from chatcore.auth.jwk_set import read_jwk_set
from chatcore.auth.published_keys import (
    NEW_KEY_SECONDS,
    REFRESH_SECONDS,
    RETRY_SECONDS,
    PublishedKeys,
)
from chatcore.errors import Unavailable
from tests.unit.chatcore.logins import JwksServer, p256, rsa
from tests.waiting import PATIENCE


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(jwks_server: JwksServer) -> JwksServer:
    jwks_server.publish(rsa("k1"))
    return jwks_server


@pytest.fixture
def keys(server: JwksServer, clock: Clock) -> PublishedKeys:
    read = partial(read_jwk_set, server.url, connect_seconds=PATIENCE, read_seconds=PATIENCE)
    return PublishedKeys(read, clock)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def found(keys: PublishedKeys, kid: str | None) -> str | None:
    """Return the kid of the first matching key, or None."""
    return next((key.key_id for key in keys.matching(kid)), None)


def test_nothing_is_read_before_the_first_token(keys: PublishedKeys, server: JwksServer) -> None:
    assert server.requests == []
    assert found(keys, "k1") == "k1"


def test_the_keys_are_read_once_within_ten_minutes(
    keys: PublishedKeys, server: JwksServer, clock: Clock
) -> None:
    found(keys, "k1")
    clock.now += REFRESH_SECONDS - 1
    found(keys, "k1")
    assert len(server.requests) == 1
    clock.now += 1
    found(keys, "k1")
    assert len(server.requests) == 2


def test_a_newly_published_key_is_found_with_its_first_token(
    keys: PublishedKeys, server: JwksServer, clock: Clock
) -> None:
    found(keys, "k1")
    server.publish(rsa("k1"), p256("k2"))
    clock.now += NEW_KEY_SECONDS
    assert found(keys, "k2") == "k2"
    assert found(keys, "k1") == "k1"


def test_a_withdrawn_key_is_accepted_for_at_most_ten_minutes(
    keys: PublishedKeys, server: JwksServer, clock: Clock
) -> None:
    found(keys, "k1")
    server.publish(p256("k2"))
    clock.now += REFRESH_SECONDS
    assert found(keys, "k1") is None


def test_a_flood_of_unknown_kids_reads_the_keys_at_most_every_30_s(
    keys: PublishedKeys, server: JwksServer, clock: Clock
) -> None:
    for _ in range(200):
        assert found(keys, "../made up") is None
    assert len(server.requests) == 1
    clock.now += NEW_KEY_SECONDS
    for _ in range(200):
        assert found(keys, "../made up") is None
    assert len(server.requests) == 2


def test_a_token_without_kid_matches_the_only_key(keys: PublishedKeys) -> None:
    assert found(keys, None) == "k1"


@pytest.mark.parametrize("kid", ["k1", None])
def test_a_signature_of_no_known_key_triggers_a_read(
    keys: PublishedKeys, server: JwksServer, clock: Clock, kid: str | None
) -> None:
    found(keys, kid)
    server.publish(p256("k1"))
    assert [key.algorithm_name for key in keys.matching(kid)] == ["RS256"]
    clock.now += NEW_KEY_SECONDS
    assert [key.algorithm_name for key in keys.matching(kid)] == ["RS256", "ES256"]
    assert len(server.requests) == 2


def test_a_token_without_kid_matches_none_of_several_keys(
    keys: PublishedKeys, server: JwksServer
) -> None:
    server.publish(rsa("k1"), p256("k2"))
    assert found(keys, None) is None


@pytest.mark.parametrize("kid", ["k1", "another", None])
def test_the_only_key_without_kid_matches_every_token(
    keys: PublishedKeys, server: JwksServer, kid: str | None
) -> None:
    server.publish(rsa(None))
    assert [key.algorithm_name for key in keys.matching(kid)] == ["RS256"]


def test_keys_without_kid_match_nothing_in_a_larger_set(
    keys: PublishedKeys, server: JwksServer
) -> None:
    # OpenID Connect Core section 10.1: several keys need a kid each.
    server.publish(rsa(None), p256("k2"))
    assert found(keys, "k1") is None
    assert found(keys, None) is None
    assert found(keys, "k2") == "k2"


def test_keys_of_the_same_kid_all_match(keys: PublishedKeys, server: JwksServer) -> None:
    # RFC 7517 section 4.5: keys of different types may share one.
    server.publish(rsa("k1"), p256("k1"))
    assert [key.algorithm_name for key in keys.matching("k1")] == ["RS256", "ES256"]


@pytest.mark.parametrize(
    "broken",
    [
        {"status": 500},
        {"status": 429, "headers": {"retry-after": "60"}},
        {"status": 302, "headers": {"location": "/elsewhere"}},
        {"headers": {"content-encoding": "gzip"}},
        {"body": b"<html>"},
        {"body": b'{"keys":[]}'},
    ],
)
def test_during_an_outage_known_keys_stay_valid_and_the_error_is_logged(
    keys: PublishedKeys,
    server: JwksServer,
    clock: Clock,
    logged: list[dict[str, Any]],
    broken: dict[str, Any],
) -> None:
    found(keys, "k1")
    vars(server).update(broken)
    clock.now += 1_000_000
    assert found(keys, "k1") == "k1"
    [line] = logged
    assert (line["message"], line["known"]) == ("login_keys_unreadable", 1)
    assert line["reason"]


def test_during_an_outage_the_url_is_read_no_more_often(
    keys: PublishedKeys, server: JwksServer, clock: Clock
) -> None:
    found(keys, "k1")
    server.status = 500
    clock.now += REFRESH_SECONDS
    for _ in range(50):
        found(keys, "k1")
        found(keys, "made up")
    assert len(server.requests) == 2


def test_without_any_key_the_service_is_unavailable_and_retries_soon(
    keys: PublishedKeys, server: JwksServer, clock: Clock
) -> None:
    server.status = 500
    for _ in range(50):
        with pytest.raises(Unavailable, match=r"Your login's keys cannot be read"):
            found(keys, "k1")
    assert len(server.requests) == 1
    server.status = 200
    clock.now += RETRY_SECONDS
    assert found(keys, "k1") == "k1"


def test_concurrent_requests_share_the_first_read(
    keys: PublishedKeys, server: JwksServer, pool: ThreadPoolExecutor
) -> None:
    server.may_continue.clear()
    asked = [pool.submit(found, keys, "k1") for _ in range(16)]
    server.waiting.wait()
    server.may_continue.set()
    assert [each.result() for each in asked] == ["k1"] * 16
    assert len(server.requests) == 1


def test_concurrent_requests_share_a_failed_read(
    keys: PublishedKeys, server: JwksServer, pool: ThreadPoolExecutor
) -> None:
    server.status = 500
    server.may_continue.clear()
    asked = [pool.submit(found, keys, "k1") for _ in range(16)]
    server.waiting.wait()
    server.may_continue.set()
    assert all(isinstance(each.exception(), Unavailable) for each in asked)
    assert len(server.requests) == 1


def test_concurrent_requests_with_a_new_kid_share_one_read(
    keys: PublishedKeys, server: JwksServer, clock: Clock, pool: ThreadPoolExecutor
) -> None:
    found(keys, "k1")
    server.publish(rsa("k1"), p256("k2"))
    clock.now += NEW_KEY_SECONDS
    started = threading.Barrier(16)

    def ask() -> str | None:
        started.wait()
        return found(keys, "k2")

    asked = [pool.submit(ask) for _ in range(16)]
    assert [each.result() for each in asked] == ["k2"] * 16
    assert len(server.requests) == 2


def test_a_known_key_does_not_wait_for_a_read(
    keys: PublishedKeys, server: JwksServer, clock: Clock, pool: ThreadPoolExecutor
) -> None:
    found(keys, "k1")
    clock.now += REFRESH_SECONDS
    server.may_continue.clear()
    server.waiting.clear()
    refreshing = pool.submit(found, keys, "k1")
    server.waiting.wait()
    assert found(keys, "k1") == "k1"
    assert not refreshing.done()
    server.may_continue.set()
    assert refreshing.result() == "k1"
