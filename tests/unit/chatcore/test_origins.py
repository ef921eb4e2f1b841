"""Which pages the setting `AllowedOrigins` allows, and which of its values are refused."""

import pytest

from chatcore.settings import SettingsError, WebSettings
from chatcore.web.origins import Origins

PREVIEWS = "https://*.preview.example.com"


@pytest.mark.parametrize(
    "origin",
    [
        "https://pr-1.preview.example.com",
        "https://a_b.preview.example.com",
        "https://xn--bcher-kva.preview.example.com",
        "https://1.preview.example.com",
    ],
)
def test_a_star_stands_for_one_label(origin: str) -> None:
    assert origin in Origins([PREVIEWS])


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.preview.example.com.attacker.net",
        "https://evil.attacker.net/.preview.example.com",
        "https://evil.attacker.net#.preview.example.com",
        "https://evil.attacker.net?.preview.example.com",
        "https://evil-preview.example.com",
        "https://preview.example.com",
        "https://.preview.example.com",
        "https://a.b.preview.example.com",
        "https://a..preview.example.com",
        "https://*.preview.example.com",
        "https://pr-1.previewXexample.com",
        "http://pr-1.preview.example.com",
        "HTTPS://pr-1.preview.example.com",
        "https://PR-1.preview.example.com",
        "https://pr-1.preview.example.COM",
        "https://pr-1.preview.example.com:443",
        "https://pr-1.preview.example.com:8443",
        "https://pr-1.preview.example.com:",
        "https://pr-1.preview.example.com.",
        "https://pr-1.preview.example.com/",
        "https://pr-1.preview.example.com\n",
        " https://pr-1.preview.example.com",
        "https://pr-1.preview.example.com,https://evil.attacker.net",
        "https://me@pr-1.preview.example.com",
        "https://me:pr-1@x.preview.example.com",
        "https://pr-é.preview.example.com",
        f"https://{'a' * 64}.preview.example.com",
        "null",
        "*",
        "",
    ],
)
def test_a_pattern_does_not_match_similar_origins(origin: str) -> None:
    assert origin not in Origins([PREVIEWS])


def test_a_port_belongs_to_the_origin() -> None:
    origins = Origins(["https://*.preview.example.com:8443"])
    assert "https://pr-1.preview.example.com:8443" in origins
    assert "https://pr-1.preview.example.com" not in origins
    assert "https://pr-1.preview.example.com:84430" not in origins


def test_exact_origins_and_patterns_can_be_combined() -> None:
    origins = Origins(["http://localhost:3000", PREVIEWS, "https://app.example.com"])
    for page in ("http://localhost:3000", "https://a.preview.example.com"):
        assert page in origins
    assert "https://app.example.com" in origins
    assert "https://appXexample.com" not in origins
    assert "https://x.app.example.com" not in origins


def test_without_origins_no_page_is_allowed() -> None:
    for page in ("", "null", "https://app.example.com"):
        assert page not in Origins([])


@pytest.mark.parametrize(
    "value",
    [
        "http://localhost:3000",
        "http://127.0.0.1:8000,http://localhost:8000",
        "https://chat.example.com:8443",
        "https://under_score.example.com",
        PREVIEWS,
        "https://*.d111111abcdef8.amplifyapp.com",
        "https://*.preview.example.com:8443",
    ],
)
def test_origins_as_browsers_send_them_are_accepted(value: str) -> None:
    settings = WebSettings.from_environ({"ALLOWED_ORIGINS": value})
    assert settings.allowed_origins == tuple(value.split(","))


FORM = "must be an origin like https://app.example.com: lower case, without a path"
STAR = (
    "must have its * as the whole first label of an https host, with two labels or more after it,"
    " like https://*.preview.example.com"
)
PORT = "must have a port from 1 to 65,535, or none"


@pytest.mark.parametrize(
    ("value", "place", "sentence"),
    [
        *((value, 0, FORM) for value in ("null", "app.example.com", "ftp://a.example.com")),
        *((value, 0, FORM) for value in ("https://", "https://app.example.com/", "https://a.b/c")),
        *((value, 0, FORM) for value in ("https://App.example.com", "https://app.example.com.")),
        *((value, 0, FORM) for value in ("https://app..example.com", "https://.example.com")),
        *((value, 0, FORM) for value in ("https://me@app.example.com", "https://a.example.com:")),
        *((value, 0, FORM) for value in ("https://a.example.com:0", "https://a.example.com:080")),
        ("https://app.example.com:70000", 0, PORT),
        ("https://*.preview.example.com:70000", 0, PORT),
        ("https://app.example.com:443", 0, "must leave out the port 443, as browsers do"),
        ("http://app.example.com:80", 0, "must leave out the port 80, as browsers do"),
        *((value, 0, STAR) for value in ("*", "https://*", "https://*.com", "https://*:8443")),
        *((value, 0, STAR) for value in ("http://*.preview.example.com", "*://a.example.com")),
        *((value, 0, STAR) for value in ("https://a.*.example.com", "https://pr-*.example.com")),
        *((value, 0, STAR) for value in ("https://*pr.example.com", "https://*.*.example.com")),
        *((value, 0, STAR) for value in ("https://**.example.com", "https://a.example.com:*")),
        *((value, 0, STAR) for value in ("https://*.Example.com", "https://*.example.com/")),
        *((value, 0, STAR) for value in ("https://*.example.com.", "https://*..example.com")),
        *((value, 0, STAR) for value in ("https://me@*.example.com", "https://*example.com")),
        ("https://good.example.com,https://*", 1, STAR),
    ],
)
def test_invalid_origins_and_misplaced_stars_are_refused_at_startup(
    value: str, place: int, sentence: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        WebSettings.from_environ({"ALLOWED_ORIGINS": value})
    assert [str(fault) for fault in raised.value.faults] == [
        f"ALLOWED_ORIGINS[{place}]: {sentence}"
    ]
