"""Tools that the page runs for the assistant."""

from chat_api.conversation.assistant import ClientTool

# Only the browser knows the user's time zone.
LOCAL_TIME = ClientTool(
    "local_time",
    "Return the user's own date, time and time zone. Call it when the answer depends on the time"
    " where the user is.",
)
