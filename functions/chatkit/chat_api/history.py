"""What the model is given of a conversation's past."""

from typing import Any

from chatkit.agents import ThreadItemConverter
from chatkit.types import AssistantMessageItem, SDKHiddenContextItem, ThreadItem, UserMessageItem

from chat_api.context import ChatContext
from chat_api.store.transcript import Transcript

# Of compact JSON in UTF-8: English has about four to a token with JSON's own signs, Cyrillic four
# to five, Chinese three.
BYTES_PER_TOKEN = 4


class History:
    """The newest whole turns within a budget of tokens; each call with its result, or neither."""

    def __init__(self, transcript: Transcript, *, tokens: int) -> None:
        self._transcript = transcript
        self._bytes = tokens * BYTES_PER_TOKEN
        self._converter = ThreadItemConverter()

    async def before(self, thread_id: str, message_id: str, context: ChatContext) -> list[Any]:
        """What came before that message, oldest first.

        Messages whose turns were lost are read of their items. What does not fit is told in a line.
        """
        earlier = await self._transcript.before(thread_id, message_id, self._bytes, context)
        lost = [each for item in earlier.lost for each in await self._as_input(item)]
        cut_off = [stopped()] if lost else []
        return [*([] if earlier.complete else [left_out()]), *earlier.turns, *lost, *cut_off]

    async def _as_input(self, item: ThreadItem) -> list[Any]:
        match item:
            case UserMessageItem() | SDKHiddenContextItem():
                return list(await self._converter.to_agent_input(item))
            case AssistantMessageItem(content=content):
                text = "".join(part.text for part in content)
                return [{"role": "assistant", "content": text}]
            case _:
                return []


def stopped() -> Any:
    """Tells the model that the answer before this was cut."""
    return _hidden(
        "The answer was stopped here before its end. Do not go on with it unless the user asks."
    )


def left_out() -> Any:
    """Tells the model that there was more."""
    return _hidden("Older messages of this conversation are left out here; nobody can read them.")


def _hidden(text: str) -> Any:
    """In the form that the SDK's own converter gives hidden context."""
    wrapped = (
        f"Hidden context for the agent (not shown to the user):\n"
        f"<HiddenContext>\n{text}\n</HiddenContext>"
    )
    content = [{"type": "input_text", "text": wrapped}]
    return {"type": "message", "role": "user", "content": content}
