"""Items that hold more than the protocol has a field for. Clients get the protocol's part."""

from chatkit import types
from chatkit.types import (
    EndOfTurnItem,
    FeedbackKind,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItem,
    UserMessageItem,
)

# The prefix of an action message's id, by which its row is known.
ACTION_PREFIX = "act"


class ActionMessage(UserMessageItem):
    """The message with which an action starts an answer.

    It begins a turn as a person's message does: it can be answered again, and its turn can wait.
    `press` is the same for the same action with the same payload on the same item. `note` is a line
    that the model reads before the message.
    """

    press: str
    is_hidden: bool = False
    note: str | None = None


# The SDK names types of its own module in these fields.
ActionMessage.model_rebuild(_types_namespace=vars(types))


class EndMark(EndOfTurnItem):
    """The end of an answer, with the id of the turn that wrote it."""

    turn_id: str


class RatedEnd(EndOfTurnItem):
    """The end of an answer as a page for display shows it, with the feedback on the answer."""

    feedback: FeedbackKind


def read_own(item: ThreadItem, text: bytes) -> ThreadItem:
    """Return an item with all that its JSON holds. Older end marks have no turn's id."""
    if item.id.startswith(f"{ACTION_PREFIX}_"):
        return ActionMessage.model_validate_json(text)
    if isinstance(item, EndOfTurnItem) and b'"turn_id":' in text:
        return EndMark.model_validate_json(text)
    return item


def is_hidden(item: object) -> bool:
    """Return whether an item is for the model alone."""
    if isinstance(item, ActionMessage):
        return item.is_hidden
    return isinstance(item, HiddenContextItem | SDKHiddenContextItem)


def as_shown(item: ThreadItem) -> ThreadItem:
    """Return an item as clients get it: with the protocol's fields alone."""
    match item:
        case ActionMessage():
            shown: type[ThreadItem] = UserMessageItem
        case EndMark():
            shown = EndOfTurnItem
        case _:
            return item
    return shown.model_construct(**{name: getattr(item, name) for name in shown.model_fields})


def rated(item: ThreadItem, feedback: FeedbackKind | None) -> ThreadItem:
    """Return an item for display with the feedback on it, if there is any."""
    if feedback is None or not isinstance(item, EndOfTurnItem):
        return item
    return RatedEnd(**vars(item), feedback=feedback)
