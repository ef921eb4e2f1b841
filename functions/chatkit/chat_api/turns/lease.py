"""A turn's hold on its thread in the gate: opened, renewed, asked whether to stop, and closed.

The gate blocks, so its calls run in a thread. A call that writes runs to completion.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from chat_api.turns.deletion import close_turn, note_deletion
from chatcore.errors import Unavailable
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.row import GateTurn
from chatcore.logs import logger
from chatcore.shielded import run_to_completion
from chatcore.thread_pools import ROWS

# The turn of a killed environment holds its thread this long, plus the slack between clocks.
LEASE_SECONDS = 30.0
# The lease is renewed at every tenth stop check.
RENEWED_EVERY = 10


async def admit(gate: Gate, context: RequestContext) -> None:
    """Admit a request that opens no turn. Raise what `Gate.admit` raises."""
    await ROWS.run(gate.admit, _caller(context))


@run_to_completion
async def open_turn(
    gate: Gate,
    context: RequestContext,
    *,
    fingerprint: str,
    first: bool,
    seconds: float = LEASE_SECONDS,
) -> OpenTurn:
    """Open the context's turn for this many seconds. Raise what `Gate.open_turn` raises."""
    assert context.turn.thread_id is not None
    return await ROWS.run(
        gate.open_turn,
        _caller(context),
        context.turn.thread_id,
        context.turn.id,
        seconds=seconds,
        fingerprint=fingerprint,
        first=first,
    )


async def join(gate: Gate, context: RequestContext, turn: GateTurn) -> None:
    """Add the context's request to a turn's listeners. Raise what `Gate.add_listener` raises."""
    await ROWS.run(gate.add_listener, context.user, turn, context.turn.id)


async def running(gate: Gate, context: RequestContext) -> GateTurn | None:
    """Return the context's turn as the gate has it, or None when it is closed."""
    assert context.turn.thread_id is not None
    row = await ROWS.run(gate.row, context.user)
    turn = row.turn_of(context.turn.thread_id)
    return turn if turn and turn.id == context.turn.id else None


@asynccontextmanager
async def closing(
    gate: Gate, store: DynamoStore, turn: OpenTurn, context: RequestContext
) -> AsyncIterator[None]:
    """Close the turn when the block ends, however it ends, and log the tokens that it used."""
    tokens = context.turn.tokens
    try:
        yield
    finally:
        try:
            await _close(gate, store, turn, context)
        finally:
            # Logged even if the turn is asked to stop while it closes.
            logger.info(
                "turn_closed",
                turn_id=turn.id,
                tokens_in=tokens.read,
                tokens_cached=tokens.cached,
                tokens_out=tokens.written,
                tokens_estimated=tokens.estimated,
            )


class StopCheck:
    """Checks whether a turn must stop, whichever environment received the request to stop it.

    Call it once a second while the turn runs. Most calls read the gate. A call writes instead, and
    so renews the lease, when a request was sent to a model since the last write or when the lease
    is due. A killed environment has therefore counted all input except that of its last second. A
    turn that must stop then knows whether its thread was deleted.
    """

    def __init__(self, gate: Gate, turn: OpenTurn, context: RequestContext) -> None:
        self._gate = gate
        self._turn = turn
        self._context = context
        self._sent = 0
        self._reads = 0

    async def __call__(self) -> bool:
        try:
            stops = await self._must_stop()
        except Unavailable:
            return False
        if stops:
            # The turn stops anyway, and checks again when it closes.
            with suppress(Unavailable):
                await note_deletion(self._gate, self._turn, self._context)
        return stops

    async def _must_stop(self) -> bool:
        tokens = self._context.turn.tokens
        sent = tokens.sent
        if sent == self._sent and self._reads < RENEWED_EVERY - 1:
            self._reads += 1
            return await ROWS.run(self._gate.is_cancelled, self._turn)
        goes_on = await _renew(self._gate, self._turn, tokens.used)
        self._sent, self._reads = sent, 0
        return not goes_on


@run_to_completion
async def _close(gate: Gate, store: DynamoStore, turn: OpenTurn, context: RequestContext) -> None:
    try:
        await close_turn(gate, store, turn, context, tokens=context.turn.tokens.used)
    except (Unavailable, StoreUnavailable):
        # The thread is free once the lease ends. A deletion mark outlives the lease.
        logger.error("turn_left_open", turn_id=turn.id)


@run_to_completion
async def _renew(gate: Gate, turn: OpenTurn, tokens: int) -> bool:
    return await ROWS.run(gate.renew_turn, turn, seconds=LEASE_SECONDS, tokens=tokens)


def _caller(context: RequestContext) -> Requester:
    return Requester(context.user, context.session_id)
