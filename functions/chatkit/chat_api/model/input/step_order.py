"""The order in which every endpoint takes a model's calls, their results and its reasoning."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable

from chat_api.model.input.hidden_context import hidden_message
from chat_api.model.input.items import Call, Item, Result, is_call, is_result
from chat_api.model.input.reasoning import REASONING
from chat_api.model.output.ids import CALL_ID_LENGTH
from chat_api.model.texts import shorten

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# How many bytes a note quotes of a call's arguments, and of its result.
NOTE_BYTES = 2_000

type CallWithResult = tuple[Call, Result]


def order_steps(
    items: list[Item], errors: dict[int, str], is_gone: Callable[[int, Call], bool]
) -> list[Item]:
    """Return whole steps: reasoning, the model's message, the calls made at once, their results.

    Calls without a result are left out, as are results without a call, and reasoning without what
    it led to. `errors` replaces results, by the index of the call. A call for which
    `is_gone(index, call)` returns True becomes a note.
    """
    steps = _StepBuilder()
    answered = _calls_with_results(items, errors)
    for index, item in enumerate(items):
        if is_call(item):
            steps.add_call(answered.get(index), gone=is_gone(index, item))
        elif is_result(item):
            steps.answered = True
        elif item.get("type") == REASONING:
            steps.add_reasoning(item)
        elif item.get("role") == "assistant":
            steps.add_message(item)
        else:
            steps.add_other(item)
    return steps.finish()


def _calls_with_results(items: list[Item], errors: dict[int, str]) -> dict[int, CallWithResult]:
    """Return each call that has a result, with it, by the call's index.

    A result belongs to the first call of its turn that waits for one under that id. Each pair gets
    an id of its own, because models restart the numbers of their calls in every answer.
    """
    used: Counter[str] = Counter()
    pairs: dict[int, CallWithResult] = {}
    for index, (call, result) in sorted(_matched(items).items()):
        given = call["call_id"]
        call_id = _unique_id(given, used[given])
        used[given] += 1
        output = errors.get(index) or result["output"]
        pairs[index] = (
            {**call, "call_id": call_id},
            {**result, "call_id": call_id, "output": output},
        )
    return pairs


def _matched(items: list[Item]) -> dict[int, CallWithResult]:
    waiting: defaultdict[str, list[tuple[int, Call]]] = defaultdict(list)
    matched: dict[int, CallWithResult] = {}
    for index, item in enumerate(items):
        if is_call(item):
            waiting[item["call_id"]].append((index, item))
        elif is_result(item):
            if calls := waiting[item["call_id"] or ""]:
                of_call, call = calls.pop(0)
                matched[of_call] = call, item
        elif item.get("role") == "user":
            waiting.clear()
    return matched


class _StepBuilder:
    """Collects the items of one step at a time."""

    def __init__(self) -> None:
        # Set once the open step has a result: what the model does next begins another step.
        self.answered = False
        self._done: list[Item] = []
        self._reasoning: list[Item] = []
        self._calls: list[Item] = []
        self._results: list[Item] = []
        self._notes: list[Item] = []

    def add_reasoning(self, reasoning: Item) -> None:
        self._reasoning.append(reasoning)

    def add_call(self, pair: CallWithResult | None, *, gone: bool) -> None:
        if self.answered:
            self._end_step()
        reasoning = self._take_reasoning()
        if pair is None:
            return
        call, result = pair
        if gone:
            self._notes.append(_note(call, result))
        else:
            self._calls += [*reasoning, call]
            self._results.append(result)

    def add_message(self, message: Item) -> None:
        """Put the model's message before its calls, because results must follow calls at once."""
        if self.answered:
            self._end_step()
        self._done += [*self._take_reasoning(), message]

    def add_other(self, item: Item) -> None:
        """End the step with a message of another author, or an item of the endpoint's own tools."""
        self._end_step()
        reasoning = self._take_reasoning()
        self._done += [item] if "role" in item else [*reasoning, item]

    def finish(self) -> list[Item]:
        self._end_step()
        return self._done

    def _take_reasoning(self) -> list[Item]:
        reasoning, self._reasoning = self._reasoning, []
        return reasoning

    def _end_step(self) -> None:
        self._done += [*self._calls, *self._results, *self._notes]
        self._calls, self._results, self._notes, self.answered = [], [], [], False


def _unique_id(given: str, uses: int) -> str:
    """Return a call id that is short, plain and used once. Nearly always it is the given one."""
    if not uses and _CALL_ID.fullmatch(given):
        return given
    name = f"{given}/{uses}".encode(errors="surrogatepass")
    return hashlib.sha256(name).hexdigest()[:CALL_ID_LENGTH]


def _note(call: Call, result: Result) -> Item:
    output = result["output"]
    text = output if isinstance(output, str) else str(output[0].get("text"))
    return hidden_message(
        f"Earlier, the assistant called the tool {call['name']}, which is not offered now, with"
        f" the arguments {shorten(call['arguments'], NOTE_BYTES)}. It returned:"
        f" {shorten(text, NOTE_BYTES)}"
    )
