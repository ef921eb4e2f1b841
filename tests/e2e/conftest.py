"""The service that the end-to-end tests share."""

from collections.abc import Iterator

import pytest

from tests.e2e.service import PLAIN, Stack, running_stack


@pytest.fixture
def plain() -> dict[str, str]:
    return PLAIN


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack() as stack:
        yield stack
