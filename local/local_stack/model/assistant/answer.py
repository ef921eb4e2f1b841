"""From a conversation to the next reply; a pure function."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from local_stack.model.asking import ask
from local_stack.model.assistant.hosted_tools import use_hosted_tool
from local_stack.model.assistant.intents import TOOLS, Intent, parse
from local_stack.model.assistant.named_tools import use_named_tool
from local_stack.model.assistant.tasks import carry_out
from local_stack.model.assistant.titles import longest_title, title_of
from local_stack.model.assistant.turn import CallsPending, Turn
from local_stack.model.assistant.wording import FALLBACK, TALK
from local_stack.model.conversation import Conversation, Reply
from local_stack.model.faults import failing


def answer(conversation: Conversation) -> Reply:
    """Return the calls that this turn needs next, or its text once all calls have results."""
    requests = conversation.requests or ("",)
    if longest := longest_title(conversation):
        return Reply(text=title_of(requests[0], longest))
    if reply := failing(conversation):
        return reply
    if reply := use_hosted_tool(requests[-1], conversation.hosted):
        return reply
    turn = Turn(conversation)
    try:
        sentences = use_named_tool(requests[-1], turn) or ask(requests[-1], turn)
        sentences = sentences or list(_sentences(requests, turn))
    except CallsPending as pending:
        return Reply(calls=pending.calls)
    return Reply(text=" ".join(dict.fromkeys(sentences)) or FALLBACK)


def _sentences(requests: Sequence[str], turn: Turn) -> Iterator[str]:
    """Yield the sentences of the answer. Raise CallsPending while a result is missing.

    Neighboring intents for one tool share a step, and each step waits for the one before.
    """
    for name, group in groupby(parse(requests[-1]), lambda intent: intent.name):
        if name in TOOLS:
            yield from carry_out(name, list(group), turn)
        else:
            yield from (_talk(intent, requests) for intent in group)


def _talk(intent: Intent, requests: Sequence[str]) -> str:
    match intent.name:
        case "introduction":
            return f"Nice to meet you, {intent.person}!"
        case "name":
            people = [each.person for text in requests for each in parse(text) if each.person]
            return f"Your name is {people[-1]}." if people else "I do not know your name yet."
        case "last request" if len(requests) > 1:
            return f'You wrote: "{requests[-2]}"'
        case topic:
            return TALK[topic]
