"""A sample conversation that a user has stored before an operation."""

import random
from base64 import b64encode
from datetime import timedelta

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    EndOfTurnItem,
    FileAttachment,
    InferenceOptions,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)

from chat_api.store.snapshots import Snapshot
from chatcore.ids import TimeOrderedIds
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.clock import Clock

# This many incompressible characters do not fit into a row and go to S3.
BIG = 200_000
FILE = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
LEASE_SECONDS = 60


def incompressible(characters: int) -> str:
    """Return ASCII text that zlib shrinks by no more than a quarter."""
    return b64encode(random.Random(0).randbytes(characters * 3 // 4)).decode()


class Conversation:
    """Two threads with minted ids and an imported one, with the same ids for every user."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = TimeOrderedIds(clock.milliseconds)
        self.thread = self._thread(f"thr_{self._ids.mint()}", "Groceries")
        self.other = self._thread(f"thr_{self._ids.mint()}", "Travel")
        self.imported = self._thread("imported/thread", "Imported", days_ago=3)
        self.question = self._question("What is there to buy?")
        self.answer = self.message("Milk.")
        self.big = self.message(incompressible(BIG))
        self.foreign = self.message("Bread.", id="imported#item", days_ago=1)
        self.last = self._question("Thanks!")
        self.items: list[ThreadItem] = [
            self.foreign,
            self.question,
            self.answer,
            self.big,
            self.last,
        ]
        self.elsewhere = self.message("Rome.", thread=self.other)
        self.new = self.message("Anything else?")
        self.end = EndOfTurnItem(
            id=f"msg_{self._ids.mint()}", thread_id=self.thread.id, created_at=clock.date()
        )
        self.new_foreign = self.message("Butter.", id="imported#item2", days_ago=2)
        self.big_text = incompressible(BIG)
        self.new_big = self.message(self.big_text)
        self.new_thread = self._thread(f"thr_{self._ids.mint()}", "New")
        self.new_imported = self._thread("imported/thread2", "New and imported", days_ago=2)
        self.end_of_time = f"msg_{'7' + 'z' * 25}"
        self.running = Snapshot(
            turn_id="turn_1",
            text="Let me s",
            created_at=clock(),
            lease_until=clock() + LEASE_SECONDS,
        )

    def message(
        self,
        text: str,
        *,
        id: str = "",
        thread: ThreadMetadata | None = None,
        days_ago: int = 0,
    ) -> AssistantMessageItem:
        return AssistantMessageItem(
            id=id or f"msg_{self._ids.mint()}",
            thread_id=(thread or self.thread).id,
            created_at=self._clock.date() - timedelta(days=days_ago),
            content=[AssistantMessageContent(text=text)],
        )

    @property
    def thread_ids(self) -> list[str]:
        """Return the ids of every thread that may exist."""
        threads = (self.thread, self.other, self.imported, self.new_thread, self.new_imported)
        return [thread.id for thread in threads]

    @property
    def item_ids(self) -> list[str]:
        """Return the ids of every item that may exist in the first thread."""
        new = (self.new, self.end, self.new_foreign, self.new_big)
        return [item.id for item in (*self.items, *new)]

    def changed(self, item: AssistantMessageItem) -> AssistantMessageItem:
        return item.model_copy(update={"content": [AssistantMessageContent(text="Changed.")]})

    async def keep(self, backend: Backend, user: str) -> None:
        """Store the conversation for a user."""
        context = request_of(user)
        store = backend.store
        for thread in (self.thread, self.other, self.imported):
            await store.save_thread(thread, context)
        for item in self.items:
            await store.add_thread_item(self.thread.id, item, context)
        await store.add_thread_item(self.other.id, self.elsewhere, context)
        await store.save_attachment(FILE, context)
        await store.save_feedback(self.thread.id, [self.answer.id], "positive", context)
        for message in (self.question, self.last):
            turn = [{"turn": message.id}]
            await backend.transcript.save(self.thread.id, message.id, turn, context)
        await backend.store.snapshots.write(self.thread.id, self.running, context)

    def _thread(self, id: str, title: str, days_ago: int = 0) -> ThreadMetadata:
        created_at = self._clock.date() - timedelta(days=days_ago)
        return ThreadMetadata(id=id, created_at=created_at, title=title)

    def _question(self, text: str) -> UserMessageItem:
        return UserMessageItem(
            id=f"msg_{self._ids.mint()}",
            thread_id=self.thread.id,
            created_at=self._clock.date(),
            content=[UserMessageTextContent(text=text)],
            inference_options=InferenceOptions(),
        )
