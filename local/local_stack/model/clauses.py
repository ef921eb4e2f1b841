"""Cutting a message into clauses, never inside quotes or after an abbreviation."""

import re
from collections.abc import Callable, Iterator

_KEEP = (
    r"\"[^\"]*\"|“[^”]*”|(?<!\w)['\u2018](?!\s)[^'\u2019]+['\u2019](?!\w)"
    r"|\b(?:dr|mr|mrs|ms|st|prof|no|vs|etc|e\.g|i\.e|a\.m|p\.m)\."
)
_END = re.compile(rf"{_KEEP}|(?P<cut>[.;!?]+(?=\s|$)|\n+)", re.IGNORECASE)
_JOIN = re.compile(
    rf"{_KEEP}|(?P<cut>,?\s+(?:and\s+)?(?:then|also)\s+|,?\s+and\s+|,\s*)", re.IGNORECASE
)
# Nobody says more in one breath: such a text was pasted, and would take long to try out.
_MOST_JOINTS = 100
_GREETING = re.compile(
    r"\s*(?P<greeting>(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?)"
    r"(?:\s*[,!.:]\s*|\s+and\s+|\s+)(?=\S)",
    re.IGNORECASE,
)


type BeginsAWish = Callable[[str, str, str], bool]


def clauses(message: str, begins_a_wish: BeginsAWish) -> Iterator[str]:
    """The parts of a message that each hold one wish.

    Sentence ends always cut. A joining word or comma cuts only where
    `begins_a_wish(before, joint, after)` says so of the text before and after it, the latter up to
    some later joint or the end: "bread and butter" stays whole, "…, then show my list" does not.
    """
    if greeting := _GREETING.match(message):
        yield greeting["greeting"]
        message = message[greeting.end() :]
    for sentence in _pieces(message):
        yield from _joined(sentence, begins_a_wish)


def _pieces(message: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(message):
        if end["cut"]:
            yield message[start : end.start()]
            start = end.end()
    yield message[start:]


def _joined(sentence: str, begins_a_wish: BeginsAWish) -> Iterator[str]:
    joints = [joint for joint in _JOIN.finditer(sentence) if joint["cut"]]
    if len(joints) > _MOST_JOINTS:
        joints = []
    start = 0
    for number, joint in enumerate(joints, start=1):
        ends = [*(later.start() for later in joints[number : number + 3]), len(sentence)]
        before, cut = sentence[start : joint.start()], joint["cut"].lower()
        if any(begins_a_wish(before, cut, sentence[joint.end() : end]) for end in ends):
            yield before
            start = joint.end()
    yield sentence[start:]
