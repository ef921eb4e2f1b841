"""Every operation of the store and of what stands beside it, on a conversation."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend
from tests.store.contract.conversation import FILE, Conversation

type Operation = Callable[[Backend, Conversation, RequestContext], Awaitable[object]]

READS: dict[str, Operation] = {
    "load_thread": lambda at, told, who: at.store.load_thread(told.thread.id, who),
    "load_thread_imported": lambda at, told, who: at.store.load_thread(told.imported.id, who),
    "load_threads": lambda at, told, who: at.store.load_threads(10, None, "desc", who),
    "load_threads_after_an_imported_one": lambda at, told, who: at.store.load_threads(
        10, told.imported.id, "asc", who
    ),
    "load_item": lambda at, told, who: at.store.load_item(told.thread.id, told.answer.id, who),
    "load_item_imported": lambda at, told, who: at.store.load_item(
        told.thread.id, told.foreign.id, who
    ),
    "load_item_big": lambda at, told, who: at.store.load_item(told.thread.id, told.big.id, who),
    "load_thread_items": lambda at, told, who: at.store.load_thread_items(
        told.thread.id, None, 10, "desc", who
    ),
    "load_thread_items_after_an_imported_one": lambda at, told, who: at.store.load_thread_items(
        told.thread.id, told.foreign.id, 2, "asc", who
    ),
    "load_attachment": lambda at, told, who: at.store.load_attachment(FILE.id, who),
    "load_feedback": lambda at, told, who: at.store.load_feedback(
        told.thread.id, told.answer.id, who
    ),
    "transcript": lambda at, told, who: at.transcript.before(
        told.thread.id, told.last.id, 10_000, who
    ),
    "running_turn": lambda at, told, who: at.store.snapshots.read(told.thread.id, who),
}
WRITES: dict[str, Operation] = {
    "save_thread": lambda at, told, who: at.store.save_thread(told.new_thread, who),
    "save_thread_again": lambda at, told, who: at.store.save_thread(
        told.thread.model_copy(update={"title": "Changed"}), who
    ),
    "save_thread_imported": lambda at, told, who: at.store.save_thread(told.new_imported, who),
    "delete_thread": lambda at, told, who: at.store.delete_thread(told.thread.id, who),
    "delete_thread_imported": lambda at, told, who: at.store.delete_thread(told.imported.id, who),
    "add": lambda at, told, who: at.store.add_thread_item(told.thread.id, told.new, who),
    "add_again": lambda at, told, who: at.store.add_thread_item(told.thread.id, told.answer, who),
    "add_imported": lambda at, told, who: at.store.add_thread_item(
        told.thread.id, told.new_foreign, who
    ),
    "add_big": lambda at, told, who: at.store.add_thread_item(told.thread.id, told.new_big, who),
    "add_big_again": lambda at, told, who: at.store.add_thread_item(told.thread.id, told.big, who),
    "save": lambda at, told, who: at.store.save_item(
        told.thread.id, told.changed(told.answer), who
    ),
    "save_imported": lambda at, told, who: at.store.save_item(
        told.thread.id, told.changed(told.foreign), who
    ),
    "save_what_was_big": lambda at, told, who: at.store.save_item(
        told.thread.id, told.changed(told.big), who
    ),
    "delete": lambda at, told, who: at.store.delete_thread_item(
        told.thread.id, told.question.id, who
    ),
    "delete_imported": lambda at, told, who: at.store.delete_thread_item(
        told.thread.id, told.foreign.id, who
    ),
    "delete_big": lambda at, told, who: at.store.delete_thread_item(
        told.thread.id, told.big.id, who
    ),
    "save_attachment": lambda at, told, who: at.store.save_attachment(
        FILE.model_copy(update={"name": "b.txt"}), who
    ),
    "delete_attachment": lambda at, told, who: at.store.delete_attachment(FILE.id, who),
    "save_feedback": lambda at, told, who: at.store.save_feedback(
        told.thread.id, [told.answer.id, told.foreign.id], "negative", who
    ),
    "save_transcript": lambda at, told, who: at.transcript.save(
        told.thread.id, told.question.id, [{"turn": told.question.id, "again": True}], who
    ),
    "save_transcript_big": lambda at, told, who: at.transcript.save(
        told.thread.id, told.question.id, [{"turn": told.question.id, "big": told.big_text}], who
    ),
    "save_transcript_with_its_end": lambda at, told, who: at.transcript.save(
        told.thread.id, told.last.id, [{"turn": told.last.id, "again": True}], who, told.end
    ),
    "take_back": lambda at, told, who: at.transcript.take_back(
        told.thread.id, told.question.id, [{"turn": told.question.id, "stopped": True}], who
    ),
    "write_running_turn": lambda at, told, who: at.store.snapshots.write(
        told.thread.id, replace(told.running, text="Let me see"), who
    ),
    "clear_running_turn": lambda at, told, who: at.store.snapshots.clear(
        told.thread.id, told.running.turn_id, who
    ),
}
OPERATIONS = READS | WRITES
