"""What is stored of a turn when a stretch of work on it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat_api.conversation.agent_run import AgentRun
from chat_api.conversation.failures import log_failure
from chat_api.errors import FilesRefused, is_not_taken, is_too_long
from chat_api.model.budget import history_bytes
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript


class TurnMemory:
    """Stores a turn for the model in `history_tokens`, or the state of a turn that waits."""

    def __init__(self, store: DynamoStore, transcript: Transcript, history_tokens: int) -> None:
        self._store = store
        self._transcript = transcript
        self._budget = history_bytes(history_tokens)

    @asynccontextmanager
    async def keeping(
        self, run: AgentRun, message_id: str, context: RequestContext
    ) -> AsyncIterator[None]:
        """Store the turn that a message began when the block ends, however it ends.

        The person has seen the answer already, so a failure is only logged.
        """
        try:
            yield
        except Exception as error:
            if _blames_files(error, context):
                run.withhold_files()
                raise FilesRefused from error
            raise
        finally:
            thread_id = run.context.thread.id
            try:
                if run.pending:
                    state = run.state(message_id)
                    await self._transcript.save_waiting(thread_id, state, context)
                else:
                    turn = run.for_model(self._budget)
                    await self._transcript.save(thread_id, message_id, turn, context, run.end_item)
                run.is_remembered = True
            except Exception as error:
                log_failure("turn_not_remembered", thread_id, error, self._store, context)


def _blames_files(error: Exception, context: RequestContext) -> bool:
    """Return whether the files that a model was sent may be why its endpoint refused the request.

    No endpoint refuses a text for what it is, only for its length.
    """
    sent = context.cache
    if is_too_long(error):
        return sent.has_sent_text or sent.has_sent_media
    return sent.has_sent_media and is_not_taken(error)
