"""Caches the keys that a login publishes."""

import time
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import jwt

from chatcore.auth.jwk_set import JwkSetUnreadable
from chatcore.errors import Unavailable
from chatcore.logs import described, logger

REFRESH_SECONDS = 600.0
NEW_KEY_SECONDS = 30.0
# Until there is a key, the set is read at most this often. Requests that waited for a failed read
# share its result.
RETRY_SECONDS = 1.0


class PublishedKeys:
    """A JWK set, read again every ten minutes, and for an unknown key at most every 30 s.

    So a new key is found with the first token that it signs, and a flood of invented key ids causes
    few reads. Concurrent requests share one read, and a request with a known key never waits for
    one. While the set cannot be read, known keys stay valid, however old.
    """

    def __init__(
        self,
        read: Callable[[], tuple[jwt.PyJWK, ...]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_set = read
        self._clock = clock
        self._keys: tuple[jwt.PyJWK, ...] = ()
        self._read_at = float("-inf")
        self._reading = Lock()

    def matching(self, kid: str | None) -> Iterator[jwt.PyJWK]:
        """Yield the keys with this kid.

        The only key of a set also matches if the token or the key has no kid.
        """
        if self._keys:
            self._read_if_older(REFRESH_SECONDS, wait=False)
        else:
            self._read_if_older(RETRY_SECONDS, wait=True)
        if not self._keys:
            raise Unavailable("Your login's keys cannot be read right now. Please try again.")
        known = self._keys
        yield from _with_kid(kid, known)
        self._read_if_older(NEW_KEY_SECONDS, wait=True)
        if self._keys is not known:
            yield from _with_kid(kid, self._keys)

    def _read_if_older(self, seconds: float, *, wait: bool) -> None:
        """Read the set if it is older than this.

        If another thread is reading it, wait for that read, or return at once unless `wait`.
        """
        if not self._is_older(seconds) or not self._reading.acquire(blocking=wait):
            return
        try:
            # The previous holder of the lock may have read the set.
            if self._is_older(seconds):
                self._read()
        finally:
            self._reading.release()

    def _is_older(self, seconds: float) -> bool:
        return self._clock() - self._read_at >= seconds

    def _read(self) -> None:
        try:
            self._keys = self._read_set()
        except JwkSetUnreadable as error:
            reason, known = str(error), len(self._keys)
            logger.error("login_keys_unreadable", reason=reason, known=known, **described(error))
        finally:
            self._read_at = self._clock()


def _with_kid(kid: str | None, keys: Sequence[jwt.PyJWK]) -> Sequence[jwt.PyJWK]:
    if len(keys) == 1 and None in (kid, keys[0].key_id):
        return keys
    return [key for key in keys if key.key_id == kid]
