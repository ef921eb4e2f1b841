"""Forged tokens at each route. Each is genuine except for what its name says."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from tests.system.security.entry_points import EntryPoint, assert_refused
from tests.system.security.jws import Jws, base64url

type Forgery = Callable[[Jws], str | bytes]

OCT = {"kty": "oct", "kid": "x", "k": base64url(b"k" * 64)}
ELSEWHERE = "http://127.0.0.1:1/keys.json"
# Makes a token of more than 8 KB with three segments and a valid signature.
LONG = "x" * 8192

FORGERIES: dict[str, Forgery] = {
    # No signature (RFC 8725 section 2.1).
    "alg none": lambda t: t.with_header(alg="none").unsigned + ".",
    "alg None": lambda t: t.with_header(alg="None").unsigned + ".",
    "alg NONE": lambda t: t.with_header(alg="NONE").unsigned + ".",
    "alg nOnE": lambda t: t.with_header(alg="nOnE").unsigned + ".",
    "alg none with a space": lambda t: t.with_header(alg="none ").unsigned + ".",
    "alg none with a NUL": lambda t: t.with_header(alg="none\0").unsigned + ".",
    "alg empty": lambda t: t.with_header(alg="").unsigned + ".",
    "alg missing": lambda t: t.with_header(alg=None).unsigned + ".",
    "alg null": lambda t: replace(t, raw_header='{"alg":null}').unsigned + ".",
    "alg a list": lambda t: t.with_header(alg=["none"]).unsigned + ".",
    "alg a number": lambda t: t.with_header(alg=0).unsigned + ".",
    "alg none, signed by the attacker": lambda t: t.forged(alg="none").signed,
    "alg none, two segments": lambda t: t.with_header(alg="none").unsigned,
    "alg none twice": lambda t: (
        replace(t, raw_header='{"alg":"HS256","alg":"none"}').unsigned + "."
    ),
    "alg none, genuine signature": lambda t: t.with_header(alg="none").signed,
    "signature left out": lambda t: t.unsigned + ".",
    "signature of another token": lambda t: (
        t.with_claims(sub="victim").unsigned + "." + t.signed.rsplit(".", 1)[1]
    ),
    "signature of zeros": lambda t: f"{t.unsigned}.{base64url(bytes(32))}",
    "signature cut": lambda t: t.signed[:-4],
    # Another key.
    "attacker's secret": lambda t: t.forged().signed,
    "empty secret": lambda t: replace(t, secret="").signed,
    "secret named secret": lambda t: replace(t, secret="secret").signed,
    "HS384 by the attacker": lambda t: replace(t.forged(alg="HS384"), hash="sha384").signed,
    "RS256 with an HMAC": lambda t: t.forged(alg="RS256").signed,
    "ES256 with an HMAC": lambda t: t.forged(alg="ES256").signed,
    "EdDSA with zeros": lambda t: f"{t.with_header(alg='EdDSA').unsigned}.{base64url(bytes(64))}",
    "ES256 with zeros": lambda t: f"{t.with_header(alg='ES256').unsigned}.{base64url(bytes(64))}",
    # Keys that come with the token (RFC 8725 section 3.10).
    "jwk": lambda t: t.forged(jwk=OCT).signed,
    "jwk and its kid": lambda t: t.forged(jwk=OCT, kid="x").signed,
    "jku": lambda t: t.forged(jku=ELSEWHERE, kid="x").signed,
    "x5u": lambda t: t.forged(x5u=ELSEWHERE).signed,
    "x5c": lambda t: t.forged(x5c=["AAAA"], x5t="AAAA").signed,
    "kid an address": lambda t: t.forged(kid=ELSEWHERE).signed,
    "kid a path": lambda t: replace(t.with_header(kid="../../../../dev/null"), secret="").signed,
    "kid SQL": lambda t: t.forged(kid="x' UNION SELECT 'k' -- ").signed,
    "kid a command": lambda t: t.forged(kid="|echo k").signed,
    "kid with a NUL": lambda t: t.forged(kid="v1\0").signed,
    "kid empty": lambda t: t.forged(kid="").signed,
    "kid missing": lambda t: t.forged(kid=None).signed,
    "kid huge": lambda t: t.forged(kid="k" * 5000).signed,
    "kid a list": lambda t: t.forged(kid=["x"]).signed,
    "kid an object": lambda t: t.forged(kid={"x": 1}).signed,
    "kid a number": lambda t: t.forged(kid=1).signed,
    "kid a lone surrogate": lambda t: replace(t.forged(), raw_header=LONE_SURROGATE).signed,
    # A genuine token, spelled differently.
    "padded": lambda t: t.signed + "=",
    "each segment padded": lambda t: "=.".join(t.signed.split(".")) + "=",
    "standard base64": lambda t: in_standard_base64(t),
    "one stray bit": lambda t: stray_bit(t.signed),
    "a space inside": lambda t: t.signed.replace(".", ". ", 1),
    "a tab inside": lambda t: t.signed.replace(".", ".\t", 1),
    "characters beyond ASCII": lambda t: t.signed.encode() + b"\xff\xfe",
    "four segments": lambda t: t.signed + ".x",
    "five segments": lambda t: "e30." + t.signed + ".x",
    "two segments": lambda t: t.signed.rsplit(".", 1)[0],
    "dots only": lambda t: "..",
    "quoted": lambda t: f'"{t.signed}"',
    "twice": lambda t: f"{t.signed}, {t.signed}",
    "scheme twice": lambda t: f"Bearer {t.signed}",
    "JSON, not compact": lambda t: '{"payload":"e30","signatures":[]}',
    # A genuine signature of something that is not a token.
    "header not JSON": lambda t: replace(t, raw_header="{").signed,
    "header a list": lambda t: replace(t, raw_header="[]").signed,
    "header deeply nested": lambda t: replace(t, raw_header='{"a":' * 900 + "1" + "}" * 900).signed,
    "claims not JSON": lambda t: replace(t, raw_claims="{").signed,
    "claims a list": lambda t: replace(t, raw_claims="[]").signed,
    "claims a string": lambda t: replace(t, raw_claims='"mallory"').signed,
    "claims deeply nested": lambda t: replace(t, raw_claims='{"a":' * 900 + "1" + "}" * 900).signed,
    "over 8 KB": lambda t: t.with_claims(more=LONG).signed,
    "over 64 KB": lambda t: t.with_claims(more=LONG * 8).signed,
    "crit unknown": lambda t: t.with_header(crit=["exp"]).signed,
    "crit empty": lambda t: t.with_header(crit=[]).signed,
    "crit and b64": lambda t: t.with_header(crit=["b64"], b64=False).signed,
    "HS512, genuine secret": lambda t: replace(t.with_header(alg="HS512"), hash="sha512").signed,
    # A genuine signature of wrong claims.
    "iss missing": lambda t: t.with_claims(iss=None).signed,
    "iss another": lambda t: t.with_claims(iss="https://login.local.example").signed,
    "iss a list": lambda t: t.with_claims(iss=[t.claims["iss"]]).signed,
    "aud missing": lambda t: t.with_claims(aud=None).signed,
    "aud another": lambda t: t.with_claims(aud="somebody-else").signed,
    "aud longer": lambda t: t.with_claims(aud=t.claims["aud"] + "-2").signed,
    "aud an object": lambda t: t.with_claims(aud={t.claims["aud"]: 1}).signed,
    "aud empty": lambda t: t.with_claims(aud="").signed,
    "exp missing": lambda t: t.with_claims(exp=None).signed,
    "exp past": lambda t: t.with_claims(exp=t.claims["iat"] - 60).signed,
    "exp zero": lambda t: t.with_claims(exp=0).signed,
    "exp negative": lambda t: t.with_claims(exp=-1).signed,
    "exp a text": lambda t: t.with_claims(exp="tomorrow").signed,
    "exp a list": lambda t: t.with_claims(exp=[9999999999]).signed,
    "exp infinite": lambda t: t.with_claims(exp=float("inf")).signed,
    "exp overflowing": lambda t: overflowing(t).signed,
    "exp not a number": lambda t: t.with_claims(exp=float("nan")).signed,
    "nbf in the future": lambda t: t.with_claims(nbf=t.claims["exp"] + 3600).signed,
    "nbf a text": lambda t: t.with_claims(nbf="now").signed,
    "iat in the future": lambda t: t.with_claims(iat=t.claims["exp"] + 3600).signed,
    "sub missing": lambda t: t.with_claims(sub=None).signed,
    "sub empty": lambda t: t.with_claims(sub="").signed,
    "sub a number": lambda t: t.with_claims(sub=1).signed,
    "sub a list": lambda t: t.with_claims(sub=["mallory"]).signed,
}
# Tokens that a careless login could be tricked into signing.
LOGIN_FORGERIES: dict[str, Forgery] = {
    "exp in milliseconds": lambda t: t.with_claims(exp=t.claims["exp"] * 1000).signed,
    "exp huge": lambda t: t.with_claims(exp=10**30).signed,
    "exp huge, a fraction": lambda t: t.with_claims(exp=1e300).signed,
    "exp true": lambda t: t.with_claims(exp=True).signed,
    "nbf negative": lambda t: t.with_claims(nbf=-1).signed,
    "iat huge": lambda t: t.with_claims(iat=10**30).signed,
    "sub twice": lambda t: with_duplicate(t, '"sub":"victim"').signed,
    "exp twice": lambda t: with_duplicate(t, '"exp":9999999999').signed,
    "aud twice": lambda t: with_duplicate(t, '"aud":"another"').signed,
    "iss twice": lambda t: with_duplicate(t, '"iss":"another"').signed,
    "iss ours": lambda t: t.with_claims(iss="chatkit-on-lambda").signed,
    "aud a list of others": lambda t: t.with_claims(aud=["a", "b"]).signed,
    "aud a list with a number": lambda t: t.with_claims(aud=[t.claims["aud"], 1]).signed,
    "azp for aud": lambda t: t.with_claims(aud=None, azp=t.claims["aud"]).signed,
    "sub of 257 bytes": lambda t: t.with_claims(sub="x" * 257).signed,
    "sub with a line break": lambda t: t.with_claims(sub="mallory\nvictim").signed,
    "sub a lone surrogate": lambda t: t.with_claims(sub="\ud800").signed,
    "a logout token": lambda t: t.with_header(typ="logout+jwt").signed,
}
LONE_SURROGATE = '{"alg":"HS256","typ":"JWT","kid":"\\ud800"}'


def overflowing(token: Jws) -> Jws:
    """Return a token whose exp is a number that Python parses as infinity."""
    return replace(
        token, raw_claims=json.dumps(token.claims | {"exp": 0.5}).replace("0.5", "1e999")
    )


def with_duplicate(token: Jws, member: str) -> Jws:
    """Return a token whose claims name this member twice."""
    return replace(token, raw_claims="{" + member + "," + json.dumps(token.claims)[1:])


def in_standard_base64(token: Jws) -> str:
    """Return a token whose signature has the characters of base64 instead of base64url."""
    variants = (token.with_claims(more=number).signed for number in count())
    parts = (variant.rsplit(".", 1) for variant in variants)
    text, signature = next(each for each in parts if {"-", "_"} & {*each[1]})
    return f"{text}.{signature.replace('-', '+').replace('_', '/')}"


def stray_bit(token: str) -> str:
    """Return another spelling of the same signature, whose last character has two unused bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


@pytest.mark.parametrize("route", ["session", "chatkit", "page", "mcp"])
def test_the_genuine_token_is_accepted(entry_points: dict[str, EntryPoint], route: str) -> None:
    """Without this, the refusals below would prove nothing."""
    answer = entry_points[route].ask(entry_points[route].genuine.signed)
    assert answer.status_code == {"session": 201}.get(route, 200), answer.text


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("route", ["session", "chatkit", "page", "mcp"])
@pytest.mark.parametrize("attack", FORGERIES)
def test_a_forged_token_is_refused(
    entry_points: dict[str, EntryPoint], route: str, attack: str
) -> None:
    assert_refused(entry_points[route].ask(FORGERIES[attack](entry_points[route].genuine)))


@pytest.mark.usefixtures("nothing_written")
@pytest.mark.parametrize("attack", LOGIN_FORGERIES)
def test_a_token_that_a_login_should_not_sign_is_refused(
    entry_points: dict[str, EntryPoint], attack: str
) -> None:
    route = entry_points["session"]
    assert_refused(route.ask(LOGIN_FORGERIES[attack](route.genuine)))
