"""The thread, the changed item and the fingerprint of a streamed operation."""

from hashlib import sha256

from chatkit.types import (
    StreamingReq,
    ThreadsAddStructuredInputReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
)

from chatcore.gate.admission import Requester


def thread_of(operation: StreamingReq) -> str | None:
    """Return the thread that the turn continues, or None for a new one."""
    return getattr(operation.params, "thread_id", None)


def changed_item_of(operation: StreamingReq) -> str | None:
    """Return the older item that the operation changes: its question or its widget, or None."""
    if isinstance(operation, ThreadsAddStructuredInputReq | ThreadsCustomActionReq):
        return operation.params.item_id
    return None


def fingerprint_of(operation: StreamingReq, body: bytes, caller: Requester) -> str:
    """Return the same text for the same request sent again.

    A first message names no thread, so its device counts too.
    """
    device = caller.device if isinstance(operation, ThreadsCreateReq) else ""
    return sha256(device.encode() + b"\0" + body).hexdigest()
