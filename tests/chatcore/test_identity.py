import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from chatcore.errors import Unauthenticated
from chatcore.identity import LEEWAY_SECONDS, SharedSecretIdentity
from chatcore.keys import Key, Keys


def token(secret: str, **changes: Any) -> str:
    claims = {"iss": "login", "aud": "app", "sub": "alice", "exp": time.time() + 60} | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, secret, "HS256")


def identity(keys: Keys) -> SharedSecretIdentity:
    return SharedSecretIdentity(keys, issuer="login", audience="app")


def test_a_login_token_tells_its_user(keys: Keys) -> None:
    assert identity(keys).user(token(keys.current().secret)) == "alice"


def test_one_of_several_audiences_is_enough(keys: Keys) -> None:
    assert identity(keys).user(token(keys.current().secret, aud=["other", "app"])) == "alice"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other"},
        {"iss": None},
        {"aud": "application"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 257},
        {"exp": None},
        {"exp": 0},
        {"exp": time.time() - LEEWAY_SECONDS - 1},
        {"nbf": time.time() + 3600},
    ],
)
def test_a_login_token_with_a_wrong_claim_is_refused(keys: Keys, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        identity(keys).user(token(keys.current().secret, **changes))


def test_another_algorithm_is_refused_whatever_the_token_says(keys: Keys) -> None:
    claims = {"iss": "login", "aud": "app", "sub": "alice", "exp": time.time() + 60}
    for other in (
        jwt.encode(claims, keys.current().secret, "HS512"),
        jwt.encode(claims, "", "none"),
    ):
        with pytest.raises(Unauthenticated):
            identity(keys).user(other)


def test_tokens_of_both_secrets_hold_while_the_login_changes_over(
    held_keys: Callable[..., Keys],
) -> None:
    both = held_keys(Key("v2", "n" * 64), Key("v1", "o" * 64))
    assert identity(both).user(token("n" * 64)) == "alice"
    assert identity(both).user(token("o" * 64)) == "alice"
    with pytest.raises(Unauthenticated):
        identity(both).user(token("x" * 64))
