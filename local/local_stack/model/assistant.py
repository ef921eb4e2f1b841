"""The scripted assistant: a pure function from a conversation to the next reply."""

from collections.abc import Iterator
from itertools import chain, groupby

from local_stack.model.conversation import Conversation, Reply
from local_stack.model.faults import failing
from local_stack.model.intents import Intent, SmallTalk
from local_stack.model.named_tools import using_tool
from local_stack.model.planning import carry_out
from local_stack.model.references import resolve
from local_stack.model.sentences import parse
from local_stack.model.talk import FALLBACK, talk_back
from local_stack.model.task_desk import CallsPending, TaskDesk
from local_stack.model.titles import title_limits, title_of


def answer(conversation: Conversation) -> Reply:
    """The calls that the wishes of this turn need now, or the text once all are answered."""
    requests = conversation.requests
    if limits := title_limits(conversation):
        return Reply(text=title_of(requests[0] if requests else "", *limits))
    if told := failing(conversation) or using_tool(conversation):
        return told
    wishes = _wishes(requests)
    if not wishes:
        return Reply(text=FALLBACK)
    try:
        sentences = list(_sentences(wishes, conversation))
    except CallsPending as pending:
        return Reply(calls=pending.calls)
    return Reply(text=" ".join(dict.fromkeys(sentences)))


def _wishes(requests: tuple[str, ...]) -> list[Intent]:
    *earlier, current = map(parse, requests or ("",))
    return list(resolve(current, chain.from_iterable(earlier)))


def _sentences(wishes: list[Intent], conversation: Conversation) -> Iterator[str]:
    desk = TaskDesk(conversation)
    for is_talk, group in groupby(wishes, lambda wish: isinstance(wish, SmallTalk)):
        if is_talk:
            yield from (
                talk_back(wish, conversation.requests)
                for wish in group
                if isinstance(wish, SmallTalk)
            )
        else:
            yield from carry_out([wish for wish in group if not isinstance(wish, SmallTalk)], desk)
