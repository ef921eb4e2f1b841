"""The keys in Secrets Manager: how long they are cached, and how a rotation changes them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from chatcore.auth.keys import (
    REFRESH_SECONDS,
    SETTLING_SECONDS,
    UNKNOWN_KID_SECONDS,
    SecretsManagerKeys,
)
from chatcore.auth.tokens import CLIENT_SECRET
from chatcore.errors import Unauthenticated, Unavailable


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class CountingClient:
    """A Secrets Manager client that counts its calls and can be unreachable."""

    def __init__(self) -> None:
        self.inner = boto3.client("secretsmanager")
        self.calls = 0
        self.reachable = True
        # When each version was created, by its secret.
        self.created: dict[str, float] = {}
        self.was_called = Event()
        self.may_answer = Event()
        self.may_answer.set()

    def hold(self) -> None:
        """Make the next calls wait until `may_answer` is set."""
        self.was_called.clear()
        self.may_answer.clear()

    def get_secret_value(self, **arguments: str) -> object:
        self.calls += 1
        self.was_called.set()
        self.may_answer.wait()
        if not self.reachable:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        answer = self.inner.get_secret_value(**arguments)
        created = self.created.get(answer["SecretString"], 0.0)
        return {**answer, "CreatedDate": datetime.fromtimestamp(created, UTC)}

    def rotate(self, secret: str, now: float) -> str:
        """Put a new version, created now, and return its id."""
        self.created[secret] = now
        version: str = self.inner.put_secret_value(SecretId="s", SecretString=secret)["VersionId"]
        return version


@pytest.fixture
def client(aws: None) -> CountingClient:
    client = CountingClient()
    client.inner.create_secret(Name="s", SecretString="first")
    return client


def keys_of(client: CountingClient, clock: Clock) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: cast(Any, client), "s", clock, clock)


def test_a_secret_that_was_never_rotated_gives_one_key(client: CountingClient) -> None:
    keys = keys_of(client, Clock())
    assert [key.secret for key in keys.all()] == ["first"]
    assert keys.find(keys.current().kid) == keys.current()


def test_keys_are_read_once_within_five_minutes(client: CountingClient) -> None:
    clock = Clock()
    keys = keys_of(client, clock)
    keys.current()
    clock.now += REFRESH_SECONDS - 1
    keys.current()
    assert client.calls == 2  # the current and the previous version


def test_after_a_rotation_the_new_kid_is_found_and_the_old_one_stays_valid(
    client: CountingClient,
) -> None:
    clock = Clock()
    keys = keys_of(client, clock)
    old = keys.current()
    new_kid = client.rotate("second", clock.now)
    clock.now += UNKNOWN_KID_SECONDS
    found = keys.find(new_kid)
    assert found is not None
    assert found.secret == "second"
    assert keys.find(old.kid) == old


@pytest.mark.parametrize("read_after_rotation", [-400.0, -29.0, -1.0, 0.0, 1.0, 50.0])
@pytest.mark.parametrize("signer_read_after_rotation", [-299.0, -1.0, 0.0, 1.0, 400.0])
def test_a_rotation_invalidates_no_token_whenever_signer_and_verifier_read_the_secret(
    client: CountingClient, read_after_rotation: float, signer_read_after_rotation: float
) -> None:
    clock, rotation = Clock(), 5000.0
    signer, verifier = keys_of(client, clock), keys_of(client, clock)
    reads = [(read_after_rotation, verifier), (signer_read_after_rotation, signer)]
    for after, keys in reads:
        if after < 0:
            clock.now = rotation + after
            keys.all()
    client.rotate("second", rotation)
    for seconds in range(500):
        clock.now = rotation + seconds
        for after, keys in reads:
            if after == seconds:
                keys.all()
        if seconds >= signer_read_after_rotation:
            key = signer.signing()
            assert verifier.find("made up") is None
            assert verifier.find(key.kid) == key
    assert key.secret == "second"
    assert [key.secret for key in verifier.all()] == ["second", "first"]


def test_a_new_process_signs_with_a_version_that_is_a_minute_old(client: CountingClient) -> None:
    clock = Clock()
    client.rotate("second", clock.now)
    clock.now += SETTLING_SECONDS - 1
    assert keys_of(client, clock).signing().secret == "first"
    clock.now += 1
    assert keys_of(client, clock).signing().secret == "second"


def test_a_leaked_secret_is_withdrawn_within_the_refresh_time_after_two_puts(
    client: CountingClient,
) -> None:
    """docs/guides/deploy.md recommends this for a leaked secret."""
    clock = Clock()
    client.rotate("l" * 48, clock.now - SETTLING_SECONDS)
    keys = keys_of(client, clock)
    leaked = CLIENT_SECRET.mint(keys.signing(), "alice", sid="s1").token
    clock.now += 1
    for new in ("n" * 48, "o" * 48):
        client.rotate(new, clock.now)
    clock.now += REFRESH_SECONDS - 1
    with pytest.raises(Unauthenticated):
        CLIENT_SECRET.verify(keys, leaked)
    after = CLIENT_SECRET.mint(keys.signing(), "alice", sid="s1").token
    assert CLIENT_SECRET.verify(keys, after)["sub"] == "alice"


def test_a_flood_of_unknown_kids_reads_the_secret_at_most_every_30_s(
    client: CountingClient,
) -> None:
    clock = Clock()
    keys = keys_of(client, clock)
    for _ in range(50):
        assert keys.find("made up") is None
    assert client.calls == 2
    clock.now += UNKNOWN_KID_SECONDS
    for _ in range(50):
        assert keys.find("made up") is None
    assert client.calls == 4


def test_known_keys_stay_valid_while_the_secret_cannot_be_read(client: CountingClient) -> None:
    clock = Clock()
    keys = keys_of(client, clock)
    key = keys.current()
    client.reachable = False
    clock.now += REFRESH_SECONDS
    assert keys.current() == key


def test_known_keys_stay_in_use_while_another_thread_reads(client: CountingClient) -> None:
    clock = Clock()
    keys = keys_of(client, clock)
    known = keys.current()
    clock.now += REFRESH_SECONDS
    client.hold()
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(keys.current)
        client.was_called.wait()
        assert keys.find(known.kid) == known
        assert not reading.done()
        client.may_answer.set()
    assert reading.result() == known


def test_a_request_with_a_new_kid_waits_for_another_threads_read(client: CountingClient) -> None:
    clock = Clock()
    keys = keys_of(client, clock)
    keys.current()
    new = client.rotate("second", clock.now)
    clock.now += UNKNOWN_KID_SECONDS
    client.hold()
    with ThreadPoolExecutor(2) as threads:
        searches = [threads.submit(keys.find, new) for _ in range(2)]
        client.was_called.wait()
        client.may_answer.set()
    assert {key.kid for found in searches if (key := found.result())} == {new}
    assert client.calls == 4


def test_without_any_key_the_service_is_unavailable_and_retries(
    client: CountingClient,
) -> None:
    client.reachable = False
    keys = keys_of(client, Clock())
    with pytest.raises(Unavailable):
        keys.current()
    client.reachable = True
    assert keys.current().secret == "first"


def test_a_key_does_not_show_its_secret(client: CountingClient) -> None:
    assert "first" not in repr(keys_of(client, Clock()).current())
