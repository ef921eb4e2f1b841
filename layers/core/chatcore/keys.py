"""Signing keys: secrets that rotate, each version known by its id."""

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
# Longer than a verifier that does not know the new version waits before it asks again.
SETTLING_SECONDS = 2 * UNKNOWN_KID_SECONDS
Stage = Literal["AWSCURRENT", "AWSPREVIOUS"]


@dataclass(frozen=True)
class Key:
    """One version of a secret; `kid` is the version's id."""

    kid: str
    secret: str = field(repr=False)


class Keys(Protocol):
    """Keys to sign and to verify with. Each call may raise `Unavailable`."""

    def current(self) -> Key:
        """The newest key."""

    def signing(self) -> Key:
        """The key to sign with: one that every verifier knows or may ask for."""

    def find(self, kid: str) -> Key | None:
        """The key of that id, or None when no version in use has it."""

    def all(self) -> tuple[Key, ...]:
        """Every key that may verify, the current one first."""


class SecretsManagerKeys:
    """The current and the previous version of a secret in Secrets Manager.

    They are read again every five minutes, and for an unknown kid at most every 30 s, so that a
    flood of invented kids costs nothing. For a minute after a version was first seen the one before
    it signs: whoever read the versions just before the rotation may then ask again, so a rotation
    drops nobody. While Secrets Manager does not answer, the versions already known go on serving.
    """

    def __init__(
        self,
        client: Callable[[], SecretsManagerClient],
        secret_id: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._keys: tuple[Key, ...] = ()
        self._read_at = float("-inf")
        self._newest_since = float("-inf")
        self._reading = Lock()

    def current(self) -> Key:
        return self.all()[0]

    def signing(self) -> Key:
        newest, *before = self.all()
        settling = self._clock() - self._newest_since < SETTLING_SECONDS
        return before[0] if before and settling else newest

    def find(self, kid: str) -> Key | None:
        return self._known(kid) or self._known(kid, max_age=UNKNOWN_KID_SECONDS)

    def all(self) -> tuple[Key, ...]:
        return self._fresh(REFRESH_SECONDS)

    def _known(self, kid: str, max_age: float = REFRESH_SECONDS) -> Key | None:
        return next((key for key in self._fresh(max_age) if key.kid == kid), None)

    def _fresh(self, max_age: float) -> tuple[Key, ...]:
        # Known keys serve while somebody reads them anew. For one that is not known, all wait.
        wait = not self._keys or max_age < REFRESH_SECONDS
        if self._is_older(max_age) and self._reading.acquire(blocking=wait):
            try:
                if self._is_older(max_age):
                    self._read()
            finally:
                self._reading.release()
        keys = self._keys
        if not keys:
            raise Unavailable("The service's keys cannot be read right now. Please try again.")
        return keys

    def _is_older(self, seconds: float) -> bool:
        return self._clock() - self._read_at >= seconds

    def _read(self) -> None:
        began = self._clock()
        try:
            found = [self._version("AWSCURRENT"), self._version("AWSPREVIOUS")]
        except (BotoCoreError, ClientError) as error:
            logger.error("secret_unreadable", secret=self._secret_id, **described(error))
            if self._keys:
                self._read_at = began
            return
        known = {key.kid for key in self._keys[:1]}
        self._keys = tuple(key for key in found if key is not None)
        if self._keys[0].kid not in known:
            self._newest_since = began
        self._read_at = began

    def _version(self, stage: Stage) -> Key | None:
        try:
            answer = self._client().get_secret_value(SecretId=self._secret_id, VersionStage=stage)
        except ClientError as error:
            # Before the first rotation no previous version exists.
            missing = error.response.get("Error", {}).get("Code") == "ResourceNotFoundException"
            if stage == "AWSPREVIOUS" and missing:
                return None
            raise
        return Key(kid=answer["VersionId"], secret=answer["SecretString"])
