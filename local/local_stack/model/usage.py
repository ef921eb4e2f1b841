"""A plausible count of tokens, always the same for the same text."""

import json
from math import ceil

from local_stack.model.conversation import (
    AssistantMessage,
    Conversation,
    Entry,
    Reply,
    ToolCall,
    ToolResult,
    UserMessage,
)


def input_tokens(conversation: Conversation) -> int:
    """Return a count that grows with every message, call, result and offered tool."""
    schemas = (f"{tool.name} {json.dumps(tool.parameters)}" for tool in conversation.tools)
    texts = (conversation.instructions, *schemas, *map(_text, conversation.entries))
    return sum(map(_tokens, texts))


def output_tokens(reply: Reply) -> int:
    calls = (f"{call.name} {json.dumps(call.arguments)}" for call in reply.calls)
    return sum(map(_tokens, (reply.text, *calls)))


def _text(entry: Entry) -> str:
    match entry:
        case UserMessage(text) | AssistantMessage(text):
            return text
        case ToolCall():
            return f"{entry.name} {entry.arguments}"
        case ToolResult():
            return str(entry.output)


def _tokens(text: str) -> int:
    """Count four tokens for three words."""
    return ceil(len(text.split()) * 4 / 3)
