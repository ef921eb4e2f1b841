"""A server that publishes a login's keys."""

from collections.abc import Iterator

import pytest

from tests.unit.chatcore.logins import JwksServer


@pytest.fixture
def jwks_server() -> Iterator[JwksServer]:
    server = JwksServer()
    with server.running():
        yield server
