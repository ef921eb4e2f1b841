"""The running stacks that several suites share. Each starts once."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.gated_model import Words, gated_model
from tests.system.e2e.service import Stack, running_stack


@pytest.fixture(scope="session")
def plain_stack() -> Iterator[Stack]:
    """Run the service with its default settings."""
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def word_gate() -> Iterator[tuple[str, Words]]:
    """Return the address of a scripted model and the control of its words."""
    with gated_model() as model:
        yield model


@pytest.fixture(scope="session")
def gated_stack(word_gate: tuple[str, Words]) -> Iterator[Stack]:
    """Run the service with a model whose words a test holds back with the fixture `words`."""
    address, _ = word_gate
    with running_stack(
        OPENAI_BASE_URL=f"{address}/v1",
        OPENAI_API_KEY="scripted",
        TRANSCRIPTION_MODEL="scripted-transcription",
    ) as stack:
        yield stack


@pytest.fixture
def words(word_gate: tuple[str, Words]) -> Iterator[Words]:
    """Return the words of the gated model. Nothing is held back before and after a test."""
    _, words = word_gate
    yield words
    words.all()
