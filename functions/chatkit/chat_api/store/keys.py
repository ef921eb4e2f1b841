"""Where each row of the Threads table stands.

The user is in every partition key, so that another user's id is simply not found; what a user can
choose is percent-encoded, so that no `#` of his can reach into another's partition. Sort keys come
from the time-ordered part of minted ids: no index and no look-up.

    partition                     sort key                 row
    user#{user}                   thread#{order}           a thread
    user#{user}                   attachment#{id}          an attachment
    user#{user}#thread#{id}       item#{order}             what the widget shows
    user#{user}#thread#{id}       transcript#{order}       what the model is given of one turn
"""

from urllib.parse import quote

from chatkit.store import NotFoundError

from chatcore.ids import is_time_ordered

THREAD = "thread#"
ATTACHMENT = "attachment#"
ITEM = "item#"
TRANSCRIPT = "transcript#"


def encoded(text: str) -> str:
    return quote(text, safe="")


def user_partition(user: str) -> str:
    return f"user#{encoded(user)}"


def thread_partition(user: str, thread_id: str) -> str:
    return f"{user_partition(user)}#thread#{encoded(thread_id)}"


def order_of(kind: str, minted_id: str) -> str:
    """The time-ordered part of an id; `NotFoundError` for an id that this store did not mint."""
    _, _, order = minted_id.rpartition("_")
    if not is_time_ordered(order):
        raise NotFoundError(f"{kind} {minted_id} not found")
    return order
