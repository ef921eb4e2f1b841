"""Every operation of the store and its companions, on a sample conversation."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend
from tests.store.contract.conversation import FILE, Conversation

type Operation = Callable[[Backend, Conversation, RequestContext], Awaitable[object]]

READS: dict[str, Operation] = {
    "load_thread": lambda at, sample, who: at.store.load_thread(sample.thread.id, who),
    "load_thread_imported": lambda at, sample, who: at.store.load_thread(sample.imported.id, who),
    "load_threads": lambda at, sample, who: at.store.load_threads(10, None, "desc", who),
    "load_threads_after_an_imported_one": lambda at, sample, who: at.store.load_threads(
        10, sample.imported.id, "asc", who
    ),
    "load_item": lambda at, sample, who: at.store.load_item(
        sample.thread.id, sample.answer.id, who
    ),
    "load_item_imported": lambda at, sample, who: at.store.load_item(
        sample.thread.id, sample.foreign.id, who
    ),
    "load_item_big": lambda at, sample, who: at.store.load_item(
        sample.thread.id, sample.big.id, who
    ),
    "load_thread_items": lambda at, sample, who: at.store.load_thread_items(
        sample.thread.id, None, 10, "desc", who
    ),
    "load_thread_items_after_an_imported_one": lambda at, sample, who: at.store.load_thread_items(
        sample.thread.id, sample.foreign.id, 2, "asc", who
    ),
    "load_attachment": lambda at, sample, who: at.store.load_attachment(FILE.id, who),
    "load_feedback": lambda at, sample, who: at.store.load_feedback(
        sample.thread.id, [sample.answer.id], who
    ),
    "transcript": lambda at, sample, who: at.transcript.before(
        sample.thread.id, sample.last.id, 10_000, who
    ),
    "running_turn": lambda at, sample, who: at.store.snapshots.read(sample.thread.id, who),
}
WRITES: dict[str, Operation] = {
    "save_thread": lambda at, sample, who: at.store.save_thread(sample.new_thread, who),
    "save_thread_again": lambda at, sample, who: at.store.save_thread(
        sample.thread.model_copy(update={"title": "Changed"}), who
    ),
    "save_thread_imported": lambda at, sample, who: at.store.save_thread(sample.new_imported, who),
    "delete_thread": lambda at, sample, who: at.store.delete_thread(sample.thread.id, who),
    "delete_thread_imported": lambda at, sample, who: at.store.delete_thread(
        sample.imported.id, who
    ),
    "add": lambda at, sample, who: at.store.add_thread_item(sample.thread.id, sample.new, who),
    "add_again": lambda at, sample, who: at.store.add_thread_item(
        sample.thread.id, sample.answer, who
    ),
    "add_imported": lambda at, sample, who: at.store.add_thread_item(
        sample.thread.id, sample.new_foreign, who
    ),
    "add_big": lambda at, sample, who: at.store.add_thread_item(
        sample.thread.id, sample.new_big, who
    ),
    "add_big_again": lambda at, sample, who: at.store.add_thread_item(
        sample.thread.id, sample.big, who
    ),
    "save": lambda at, sample, who: at.store.save_item(
        sample.thread.id, sample.changed(sample.answer), who
    ),
    "save_imported": lambda at, sample, who: at.store.save_item(
        sample.thread.id, sample.changed(sample.foreign), who
    ),
    "save_what_was_big": lambda at, sample, who: at.store.save_item(
        sample.thread.id, sample.changed(sample.big), who
    ),
    "delete": lambda at, sample, who: at.store.delete_thread_item(
        sample.thread.id, sample.question.id, who
    ),
    "delete_imported": lambda at, sample, who: at.store.delete_thread_item(
        sample.thread.id, sample.foreign.id, who
    ),
    "delete_big": lambda at, sample, who: at.store.delete_thread_item(
        sample.thread.id, sample.big.id, who
    ),
    "save_attachment": lambda at, sample, who: at.store.save_attachment(
        FILE.model_copy(update={"name": "b.txt"}), who
    ),
    "delete_attachment": lambda at, sample, who: at.store.delete_attachment(FILE.id, who),
    "save_feedback": lambda at, sample, who: at.store.save_feedback(
        sample.thread.id, [sample.answer.id, sample.foreign.id], "negative", who
    ),
    "save_transcript": lambda at, sample, who: at.transcript.save(
        sample.thread.id, sample.question.id, [{"turn": sample.question.id, "again": True}], who
    ),
    "save_transcript_big": lambda at, sample, who: at.transcript.save(
        sample.thread.id,
        sample.question.id,
        [{"turn": sample.question.id, "big": sample.big_text}],
        who,
    ),
    "save_transcript_with_its_end": lambda at, sample, who: at.transcript.save(
        sample.thread.id, sample.last.id, [{"turn": sample.last.id, "again": True}], who, sample.end
    ),
    "take_back": lambda at, sample, who: at.transcript.take_back(
        sample.thread.id, sample.question.id, [{"turn": sample.question.id, "stopped": True}], who
    ),
    "write_running_turn": lambda at, sample, who: at.store.snapshots.write(
        sample.thread.id, replace(sample.running, text="Let me see"), who
    ),
    "clear_running_turn": lambda at, sample, who: at.store.snapshots.clear(
        sample.thread.id, sample.running.turn_id, who
    ),
}
OPERATIONS = READS | WRITES
