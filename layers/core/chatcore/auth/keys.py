"""Signing keys: rotating secrets whose versions are identified by a kid."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chatcore.errors import Unavailable
from chatcore.logs import described, logger

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

REFRESH_SECONDS = 300.0
UNKNOWN_KID_SECONDS = 30.0
# After a rotation, the previous version still signs for this long, which is longer than a verifier
# waits before it looks up an unknown version again.
SETTLING_SECONDS = 2 * UNKNOWN_KID_SECONDS
Stage = Literal["AWSCURRENT", "AWSPREVIOUS"]


@dataclass(frozen=True)
class Key:
    """One version of a secret. `kid` is the version's id."""

    kid: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class _Version:
    """A key and the time at which its version was created, in seconds since 1970."""

    key: Key
    created_at: float


@dataclass(frozen=True)
class _Read:
    """The result of the last read: the keys, the current one first, and when it became current.

    `current_since` is on the monotonic clock.
    """

    keys: tuple[Key, ...] = ()
    current_since: float = float("-inf")


class Keys(Protocol):
    """Keys for signing and verifying. Each call may raise `Unavailable`."""

    def current(self) -> Key:
        """Return the current key, which is the newest one."""

    def signing(self) -> Key:
        """Return the key to sign with: one that every verifier knows or can look up."""

    def find(self, kid: str) -> Key | None:
        """Return the key with this id, or None if no version in use has it."""

    def all(self) -> tuple[Key, ...]:
        """Return every key that may verify, the current one first."""


class SecretsManagerKeys:
    """The current and the previous version of a secret in Secrets Manager.

    They are read again every five minutes, and for an unknown kid at most every 30 s, so that a
    flood of invented kids causes few reads. For a minute after a rotation, the previous version
    still signs. After that minute every verifier can look up the new version, so a rotation
    invalidates no token. A process that observes the rotation counts the minute from then; a new
    process counts it from the version's creation. While Secrets Manager does not answer, known
    versions stay valid.
    """

    def __init__(
        self,
        client: Callable[[], SecretsManagerClient],
        secret_id: str,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._now = now
        self._last = _Read()
        self._read_at = float("-inf")
        self._reading = Lock()

    def current(self) -> Key:
        return self.all()[0]

    def signing(self) -> Key:
        last = self._fresh(REFRESH_SECONDS)
        current, *previous = last.keys
        settling = self._clock() - last.current_since < SETTLING_SECONDS
        return previous[0] if previous and settling else current

    def find(self, kid: str) -> Key | None:
        return self._known(kid) or self._known(kid, max_age=UNKNOWN_KID_SECONDS)

    def all(self) -> tuple[Key, ...]:
        return self._fresh(REFRESH_SECONDS).keys

    def _known(self, kid: str, max_age: float = REFRESH_SECONDS) -> Key | None:
        return next((key for key in self._fresh(max_age).keys if key.kid == kid), None)

    def _fresh(self, max_age: float) -> _Read:
        """Return the last read, and read the keys again first if it is older than `max_age`."""
        # Known keys stay in use while another thread reads. For an unknown key, all threads wait.
        wait = not self._last.keys or max_age < REFRESH_SECONDS
        if self._is_older(max_age) and self._reading.acquire(blocking=wait):
            try:
                if self._is_older(max_age):
                    self._read()
            finally:
                self._reading.release()
        last = self._last
        if not last.keys:
            raise Unavailable("The service's keys cannot be read right now. Please try again.")
        return last

    def _is_older(self, seconds: float) -> bool:
        return self._clock() - self._read_at >= seconds

    def _read(self) -> None:
        started = self._clock()
        try:
            found = [self._version("AWSCURRENT"), self._version("AWSPREVIOUS")]
            versions = [version for version in found if version is not None]
        except (BotoCoreError, ClientError) as error:
            logger.error("secret_unreadable", secret=self._secret_id, **described(error))
            if self._last.keys:
                self._read_at = started
            return
        keys = tuple(version.key for version in versions)
        self._last = _Read(keys, self._current_since(versions[0], started))
        self._read_at = started

    def _current_since(self, current: _Version, started: float) -> float:
        last = self._last
        if not last.keys:
            return started - (self._now() - current.created_at)
        return last.current_since if last.keys[0].kid == current.key.kid else started

    def _version(self, stage: Stage) -> _Version | None:
        try:
            answer = self._client().get_secret_value(SecretId=self._secret_id, VersionStage=stage)
        except ClientError as error:
            # Before the first rotation there is no previous version.
            missing = error.response.get("Error", {}).get("Code") == "ResourceNotFoundException"
            if stage == "AWSPREVIOUS" and missing:
                return None
            raise
        key = Key(kid=answer["VersionId"], secret=answer["SecretString"])
        return _Version(key, answer["CreatedDate"].timestamp())
