"""Messages whose turns were not stored because their processes died."""

from collections.abc import Callable

import pytest
from chatkit.types import InferenceOptions, UserMessageItem, UserMessageTextContent

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]
# A turn leaves a few items; a turn with many tools leaves more than the first read returns.
LENGTHS = (1, 12)


class TurnWriter:
    """Stores messages and answers in a thread, with or without their turn."""

    def __init__(self, backend: Backend, alice: Caller[RequestContext], thread_id: str) -> None:
        self.backend = backend
        self.alice = alice
        self.thread_id = thread_id

    async def turn(self, answers: int, *, is_stored: bool) -> list[str]:
        """Store a message and its answers, and their turn if is_stored. Return the items' ids."""
        question = await self._ask()
        thread = await self.alice.load_thread(self.thread_id)
        answer = await self.alice.say(thread, *["So."] * answers)
        if is_stored:
            context = request_of("alice")
            await self.backend.transcript.save(self.thread_id, question.id, ["said"], context)
        return [question.id, *(item.id for item in answer)]

    async def lost(self) -> list[str]:
        """Store a new message, and return the ids of the lost items that its turn would see."""
        message = await self._ask()
        context = request_of("alice")
        found = await self.backend.transcript.before(self.thread_id, message.id, 10_000, context)
        return [item.id for item in found.since if not isinstance(item, list)]

    async def _ask(self) -> UserMessageItem:
        message = UserMessageItem(
            id=self.alice.mint(),
            thread_id=self.thread_id,
            created_at=self.alice.now(),
            content=[UserMessageTextContent(text="And?")],
            inference_options=InferenceOptions(),
        )
        await self.alice.add(self.thread_id, message)
        return message


@pytest.fixture
async def conversation(backend: Backend, caller: Callers) -> TurnWriter:
    alice = caller("alice")
    return TurnWriter(backend, alice, (await alice.thread()).id)


@pytest.mark.parametrize("answers", LENGTHS)
async def test_stored_turns_are_not_lost(conversation: TurnWriter, answers: int) -> None:
    await conversation.turn(answers, is_stored=True)
    assert await conversation.lost() == []


@pytest.mark.parametrize("answers", LENGTHS)
async def test_a_lost_message_is_returned_with_its_answers(
    conversation: TurnWriter, answers: int
) -> None:
    await conversation.turn(2, is_stored=True)
    lost = await conversation.turn(answers, is_stored=False)
    assert await conversation.lost() == lost


@pytest.mark.parametrize("answers", LENGTHS)
async def test_a_lost_first_message_is_returned_with_its_answers(
    conversation: TurnWriter, answers: int
) -> None:
    lost = await conversation.turn(answers, is_stored=False)
    assert await conversation.lost() == lost


async def test_a_lost_message_before_a_stored_turn_is_not_returned(
    conversation: TurnWriter,
) -> None:
    await conversation.turn(1, is_stored=False)
    await conversation.turn(1, is_stored=True)
    assert await conversation.lost() == []
