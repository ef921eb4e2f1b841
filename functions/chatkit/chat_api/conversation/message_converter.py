"""What the model receives of a user's message."""

import json

from chatkit.agents import ThreadItemConverter
from chatkit.types import Attachment, UserMessageTagContent
from openai.types.responses import ResponseInputContentParam, ResponseInputTextParam

from chat_api.attachments.model_content import reference_to
from chat_api.model.texts import shorten

# Of a mention's title, its group and its id each, and of its data, in bytes of JSON.
MAX_NAME_BYTES = 400
MAX_DATA_BYTES = 2_000


class MessageConverter(ThreadItemConverter):
    """Adds what the SDK leaves to the service: the mentions and files in a message.

    The SDK writes a mention as "@" and its title, and quoted text as a message of its own.
    """

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputContentParam:
        """Return a mention's title, id, group and data as JSON.

        All of it comes from the page. As JSON, it cannot end its line and pose as instructions.
        """
        data = json.dumps(tag.data, ensure_ascii=False, default=str)
        mentioned = {
            "mention": shorten(tag.text, MAX_NAME_BYTES),
            "id": shorten(tag.id, MAX_NAME_BYTES),
            "group": shorten(tag.group or "", MAX_NAME_BYTES),
            "data": tag.data if len(data.encode(errors="replace")) <= MAX_DATA_BYTES else {},
        }
        given = {name: value for name, value in mentioned.items() if value}
        return ResponseInputTextParam(
            type="input_text", text=json.dumps(given, ensure_ascii=False, default=str)
        )

    async def attachment_to_message_content(
        self, attachment: Attachment
    ) -> ResponseInputContentParam:
        """Return a reference to the file, which `with_files` resolves for each request."""
        return reference_to(attachment)
