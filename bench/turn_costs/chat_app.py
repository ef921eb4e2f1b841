"""The chat function's application on dynoxide, with a fake model and without tools."""

import secrets
import time
from typing import Any

from chatkit.types import EndOfTurnItem, ThreadMetadata
from fastapi import FastAPI

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.model.provider import create_run_config
from chat_api.request_context import RequestContext
from chat_api.tools.toolset import ToolServers
from chat_api.turn_state import TurnState
from chat_api.turns.turn import Pace
from chatcore.auth.keys import Key
from chatcore.auth.tokens import CLIENT_SECRET
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate, OpenTurn
from chatcore.gate.limits import Limits
from chatcore.gate.row import GateTurn
from chatcore.gate.table import GateTable
from store_costs.backend import Backend
from store_costs.conversation import CREATED, Writer
from task_assistant.agent import assistant
from turn_costs.model import PacedModel

USER = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
SESSION = "sess_bench"
LIMITS = Limits(session_per_minute=1_000_000, user_per_minute=1_000_000, running_turns=4)


class OneKey:
    """A key that this process generated."""

    def __init__(self) -> None:
        self._key = Key("v1", secrets.token_hex(32))

    def current(self) -> Key:
        return self._key

    def signing(self) -> Key:
        return self._key

    def find(self, kid: str) -> Key | None:
        return self._key

    def all(self) -> tuple[Key, ...]:
        return (self._key,)


class OpenGate(Gate):
    """A gate that allows everything without a request."""

    def check(self, caller: Requester) -> None:
        return

    def open_turn(self, caller: Requester, thread: str, turn: str, **_: Any) -> OpenTurn:
        return OpenTurn(caller.user, thread, turn)

    def is_cancelled(self, turn: OpenTurn) -> bool:
        return False

    def renew_turn(self, turn: OpenTurn, *, seconds: float, tokens: int = 0) -> bool:
        return True

    def close_turn(self, turn: OpenTurn, *, tokens: int, rows_deleted: bool = False) -> bool:
        return True

    def has_crashed(self, turn: GateTurn) -> bool:
        return False


class ChatApp:
    """The chat application of this repository, with or without its gate."""

    def __init__(self, backend: Backend, model: PacedModel) -> None:
        self._backend = backend
        self.mint = backend.store.mint
        self._keys = OneKey()
        self._server = ConversationServer(
            backend.store,
            backend.transcript,
            ToolServers([]),
            create_run_config(model),
            assistant,
        )
        self._table = GateTable(lambda: backend.client, backend.sessions_table)

    def ungated(self, pace: Pace) -> FastAPI:
        return self._app(OpenGate(self._table, Limits()), pace)

    def gated(self, pace: Pace) -> FastAPI:
        gate = Gate(self._table, LIMITS)
        gate.open_session(USER, SESSION, int(time.time()) + 3600)
        return self._app(gate, pace)

    def _app(self, gate: Gate, pace: Pace) -> FastAPI:
        return create_chat_app(self._server, gate, self._keys, allowed_origins=(), pace=pace)

    def headers(self) -> dict[str, str]:
        token = CLIENT_SECRET.mint(self._keys.current(), USER, sid=SESSION).token
        return {"authorization": f"Bearer {token}", "content-type": "application/json"}

    async def fill(self, thread: ThreadMetadata, writer: Writer, turns: int) -> None:
        """Store a thread of this many turns, with the model's transcript."""
        store, transcript = self._backend.store, self._backend.transcript
        context = RequestContext(USER, SESSION, TurnState("turn_0"))
        await store.save_thread(thread, context)
        for _ in range(turns):
            question, answer = writer.item("question"), writer.item("answer")
            for item in (question, answer):
                await store.add_thread_item(thread.id, item, context)
            messages = writer.turn_for_model()
            end = EndOfTurnItem(
                id=self.mint("message"), thread_id=thread.id, created_at=answer.created_at
            )
            await transcript.save(thread.id, question.id, messages, context, end)

    def new_thread(self) -> ThreadMetadata:
        return ThreadMetadata(id=self._backend.store.mint("thread"), created_at=CREATED)
