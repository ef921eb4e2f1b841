"""The service that the end-to-end tests share."""

import pytest

from tests.system.e2e.service import PLAIN, Stack


@pytest.fixture
def plain() -> dict[str, str]:
    return PLAIN


@pytest.fixture(scope="session")
def stack(plain_stack: Stack) -> Stack:
    return plain_stack
