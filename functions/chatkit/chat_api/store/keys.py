"""The keys of the Threads table, and the names of the objects in the bucket.

The user is in every partition key, so that another user's id is simply not found. What a user can
choose is percent-encoded, so that no `#` in it can lead into another user's partition.

    partition                     sort key               row
    user#{user}                   thread#{place}         a thread, or the tombstone of one that is
                                                         being deleted
    user#{user}                   deleted#{place}        the tombstone of a thread
    user#{user}                   attachment#{id}        an attachment
    user#{user}                   pointer#{id}           the place of a thread not minted here
    user#{user}#thread#{id}       item#{place}           what the widget shows
    user#{user}#thread#{id}       transcript#{place}     what the model is given of one turn, or
                                                         of the widget actions since an item
    user#{user}#thread#{id}       feedback#{place}       a thumbs-up or thumbs-down on an item
    user#{user}#thread#{id}       file#{id}              names the thread's copy of an attachment
    user#{user}#thread#{id}       upload#{id}            names the upload of an attachment
    user#{user}#thread#{id}       turn#{id}              the text so far of a running turn
    user#{user}#thread#{id}       pointer#{id}           the place of an item not minted here

An image that a model has drawn is the object images/{user}/{thread}/{random}.{type} in the bucket,
with digests of the two ids.

Rows are listed in the order of their places. A minted id contains its place: the time-ordered part,
then the prefix, so that two ids with one time-ordered part have different places. That takes
neither an index nor a look-up.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

from chatkit.store import StoreItemType

from chat_api.own_items import ACTION_PREFIX
from chatcore.ids import is_time_ordered, time_ordered

# An action's message has a prefix of its own: `ACTION_PREFIX`.
PREFIXES: dict[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "workflow": "wf",
    "task": "tsk",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}
_MINTED = frozenset([*PREFIXES.values(), ACTION_PREFIX])
_FOREIGN = "foreign"
# Greater than every prefix: a note follows the turn of the same time and precedes the next.
_NOTE = "~note"

THREAD = "thread#"
DELETED = "deleted#"
ATTACHMENT = "attachment#"
POINTER = "pointer#"
ITEM = "item#"
TRANSCRIPT = "transcript#"
FEEDBACK = "feedback#"
TURN = "turn#"
IMAGES = "images/"
FILE = "file#"
UPLOAD = "upload#"

# DynamoDB allows 2,048 bytes in a partition key, which holds two encoded texts, and 1,024 in a sort
# key.
LONGEST = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encoded(text: str) -> str:
    """Return at most 512 ASCII characters without `#` or `/`, different for each text."""
    quoted = quote(text, safe="", errors="surrogatepass")
    # No quoted text holds a "!".
    return quoted if len(quoted) <= LONGEST else "!" + _digest(quoted)


def user_partition(user: str) -> str:
    return f"user#{encoded(user)}"


def thread_partition(user: str, thread_id: str) -> str:
    return f"{user_partition(user)}#thread#{encoded(thread_id)}"


def minted_place(some_id: str) -> str | None:
    """Return the place in an id that was minted here; None for any other id."""
    prefix, _, order = some_id.rpartition("_")
    return f"{order}#{prefix}" if prefix in _MINTED and is_time_ordered(order) else None


def foreign_place(some_id: str, created_at: datetime) -> str:
    """Return a place for an id that was not minted here: its time in microseconds, then its hash.

    A time before 1970 counts as 1970.
    """
    age = max(0, (created_at.astimezone(UTC) - _EPOCH) // _MICROSECOND)
    milliseconds, microseconds = divmod(age, 1000)
    tail = microseconds << 70 | int(_digest(encoded(some_id)), 16) >> 256 - 70
    return f"{time_ordered(milliseconds, tail)}#{_FOREIGN}"


def note_place(place: str) -> str:
    """Return the place of the note on what happened after the item at a place."""
    return f"{place.partition('#')[0]}#{_NOTE}"


def is_note(sort: str) -> bool:
    """Return whether the row under a sort key is a note."""
    return sort.endswith(f"#{_NOTE}")


def object_folder(user: str, thread_id: str, sort: str) -> str:
    """Return what the names of a row's objects begin with. They do not show the user's name."""
    return f"bodies/{_digest(encoded(user))}/{_digest(encoded(thread_id))}/{sort.replace('#', '/')}"


def image_folder(user: str, thread_id: str) -> str:
    """Return what the names of a thread's images begin with. They do not show the user's name."""
    return f"{IMAGES}{_digest(encoded(user))}/{_digest(encoded(thread_id))}/"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
