"""The running stacks that several suites share, each started once for all of them."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.gated_model import Words, gated_model
from tests.system.e2e.service import Stack, running_stack


@pytest.fixture(scope="session")
def plain_stack() -> Iterator[Stack]:
    """The service as a newcomer has it."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def word_gate() -> Iterator[tuple[str, Words]]:
    """The address of a scripted model, and the words that it may say."""
    with gated_model() as model:
        yield model


@pytest.fixture(scope="session")
def gated_stack(word_gate: tuple[str, Words]) -> Iterator[Stack]:
    """The service with a model whose words a test holds back by the fixture `words`."""
    address, _ = word_gate
    with running_stack(OPENAI_BASE_URL=f"{address}/v1", OPENAI_API_KEY="scripted") as stack:
        yield stack


@pytest.fixture
def words(word_gate: tuple[str, Words]) -> Iterator[Words]:
    """The words of the gated model; nothing is held back before and after a test."""
    _, words = word_gate
    yield words
    words.all()
