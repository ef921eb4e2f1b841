"""Events of a thread as they go over the wire."""

from chatkit.types import ThreadStreamEvent

from chat_api.timestamps import in_utc


def sse(event: ThreadStreamEvent) -> bytes:
    """One server-sent event, in the form in which the SDK writes its own."""
    json = event.model_dump_json(
        by_alias=True, exclude_none=True, context={"exclude_metadata": True}
    )
    return b"data: " + in_utc(json.encode()) + b"\n\n"
