"""The order in which every endpoint takes a model's calls, their results and its reasoning."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable

from chat_api.model.input.items import CALL, REASONING, RESULT, Item
from chat_api.model.input.notes import hidden
from chat_api.model.texts import shorten

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Of a call that is told in words, its arguments and its result each.
NOTE_BYTES = 2_000

# A call with its result.
type Pair = tuple[Item, Item]


def in_steps(
    items: list[Item], problems: dict[int, str], is_gone: Callable[[int], bool]
) -> list[Item]:
    """Return whole steps: reasoning, what was said, the calls made at once, then their results.

    Calls without a result are left out, as are results without a call and reasoning without what
    it led to. By a call's place, `problems` are what to tell instead of its result, and one that
    `is_gone` becomes a note.
    """
    steps = _Steps()
    pairs = _pairs(items, problems)
    for place, item in enumerate(items):
        kind = item.get("type")
        if kind == REASONING:
            steps.think(item)
        elif kind == CALL:
            steps.call(pairs.get(place), gone=is_gone(place))
        elif kind == RESULT:
            steps.answered = True
        elif item.get("role") == "assistant":
            steps.say(item)
        else:
            steps.add(item)
    return steps.all()


def _pairs(items: list[Item], problems: dict[int, str]) -> dict[int, Pair]:
    """Return each call that has a result, with it, by the call's place.

    A result belongs to the first call of its turn that waits for one under that id. Each pair gets
    an id of its own: models number their calls anew in every answer.
    """
    results = _results(items)
    used: Counter[str] = Counter()
    pairs: dict[int, Pair] = {}
    for place in sorted(results):
        given = items[place]["call_id"]
        call_id = {"call_id": _own_id(given, used[given])}
        used[given] += 1
        told = {"output": problems[place]} if problems.get(place) else {}
        pairs[place] = items[place] | call_id, results[place] | call_id | told
    return pairs


def _results(items: list[Item]) -> dict[int, Item]:
    """Return the result of each call that has one, by the call's place."""
    waiting: defaultdict[str, list[int]] = defaultdict(list)
    results: dict[int, Item] = {}
    for place, item in enumerate(items):
        if item.get("type") == CALL:
            waiting[item["call_id"]].append(place)
        elif item.get("type") == RESULT and waiting[item["call_id"]]:
            results[waiting[item["call_id"]].pop(0)] = item
        elif item.get("role") == "user":
            waiting.clear()
    return results


class _Steps:
    def __init__(self) -> None:
        # Whether a result of the step that is open was seen: what the model does next is another.
        self.answered = False
        self._done: list[Item] = []
        self._thoughts: list[Item] = []
        self._calls: list[Item] = []
        self._results: list[Item] = []
        self._notes: list[Item] = []

    def think(self, reasoning: Item) -> None:
        self._thoughts.append(reasoning)

    def call(self, pair: Pair | None, *, gone: bool) -> None:
        if self.answered:
            self._end()
        thoughts = self._take_thoughts()
        if pair is None:
            return
        call, result = pair
        if gone:
            self._notes.append(_note(call, result))
        else:
            self._calls += [*thoughts, call]
            self._results.append(result)

    def say(self, message: Item) -> None:
        """Put what the model said beside its calls before them: results must follow at once."""
        if self.answered:
            self._end()
        self._done += [*self._take_thoughts(), message]

    def add(self, item: Item) -> None:
        """End the step with a message of somebody else, or an item of the endpoint's own tools."""
        self._end()
        thoughts = self._take_thoughts()
        self._done += [item] if "role" in item else [*thoughts, item]

    def all(self) -> list[Item]:
        self._end()
        return self._done

    def _take_thoughts(self) -> list[Item]:
        thoughts, self._thoughts = self._thoughts, []
        return thoughts

    def _end(self) -> None:
        self._done += [*self._calls, *self._results, *self._notes]
        self._calls, self._results, self._notes, self.answered = [], [], [], False


def _own_id(given: str, uses: int) -> str:
    """Return a call's id that is short, plain and used once; nearly always the given one."""
    if not uses and _CALL_ID.fullmatch(given):
        return given
    return "call_" + hashlib.sha256(f"{given}/{uses}".encode()).hexdigest()[:24]


def _note(call: Item, result: Item) -> Item:
    output = result["output"]
    text = output if isinstance(output, str) else output[0]["text"]
    note: Item = hidden(
        f"Earlier, the assistant called the tool {call['name']}, which is not offered now, with"
        f" the arguments {shorten(call['arguments'], NOTE_BYTES)}. It returned:"
        f" {shorten(text, NOTE_BYTES)}"
    )
    return note
