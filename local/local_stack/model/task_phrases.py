"""The ways in which people speak about tasks, as patterns over one clause."""

import re
from collections.abc import Callable, Iterator

from local_stack.model.intents import (
    AddTask,
    CompleteTask,
    DeleteTask,
    ListTasks,
    RenameTask,
    ReopenTask,
    TaskIntent,
)

EVERYTHING = "everything"

_QUOTES = "\"'“”\u2018\u2019"
_QUOTED_ONE = re.compile(r'"[^"]+"|\u201c[^\u201d]+\u201d')
_QUOTED_ONES = re.compile(
    rf"(?:{_QUOTED_ONE.pattern})(?:(?:\s*,)?(?:\s+and)?\s+(?:{_QUOTED_ONE.pattern}))+"
)
_LIST = r"(?:(?:my|the|our|this) )?(?:task |to-?do )?(?:lists?|tasks|to-?dos)"
_KIND = r"(?:task|to-?do|reminder|item)"
_DONE = r"(?:done|complete|completed|finished)"
_NOT_DONE = rf"(?:open(?: again)?|to-?do|undone|(?:not|un)[ -]?{_DONE}(?: yet)?)"
_THINGS = (
    r"(?:tasks?|to-?dos?|reminders?|list|open|pending|outstanding"
    r"|left(?: to do)?|(?:have|need|got) to do|should i do|must i do)"
)

type _Reader = Callable[[re.Match[str]], tuple[TaskIntent, ...]]


def recognise_task(clause: str) -> tuple[TaskIntent, ...]:
    """What a clause without polite words asks for; several when it adds several tasks."""
    for pattern, read in _PHRASES:
        if match := pattern.fullmatch(clause):
            return read(match)
    return ()


def _complete(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    return tuple(CompleteTask(_reference(title)) for title in _each(match["title"]))


def _reopen(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    return tuple(ReopenTask(_reference(title)) for title in _each(match["title"]))


def _delete(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    return tuple(DeleteTask(_reference(title)) for title in _each(match["title"]))


def _clear(_: re.Match[str]) -> tuple[TaskIntent, ...]:
    return (DeleteTask(EVERYTHING),)


def _list(_: re.Match[str]) -> tuple[TaskIntent, ...]:
    return (ListTasks(),)


def _rename(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    return (RenameTask(tuple(_readings(match["change"]))),)


def _readings(change: str) -> Iterator[tuple[str, str]]:
    for joint in re.finditer(r"\s+(?:to|into)\s+", change, re.IGNORECASE):
        yield _reference(change[: joint.start()]), _title(change[joint.end() :])


def _add(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    when = match.groupdict().get("when")
    suffix = f" {when}" if when else ""
    return tuple(AddTask(_title(title) + suffix) for title in _each(match["title"]))


def _add_listed(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    """As `_add`, but a list with commas is several tasks: no "a task to" says that it is one."""
    text = match["title"]
    titles = _comma_list(text) if not _QUOTED_ONE.search(text) else _each(text)
    return tuple(AddTask(_title(title)) for title in titles)


def _comma_list(text: str) -> list[str]:
    """a, b and c: three; but "a and b" is one title, and so is "a, b": pay rent, tomorrow."""
    *first, last = re.split(r",\s+", text)
    ends = [end for end in re.split(r"(?:^|\s+)and\s+", last) if end]
    parts = [*first, *ends]
    return parts if first and len(parts) > 2 else [text]


def _add_several(match: re.Match[str]) -> tuple[TaskIntent, ...]:
    text = match["title"]
    titles = _each(text) if _QUOTED_ONES.fullmatch(text) else split_enumeration(text)
    return tuple(AddTask(_title(title)) for title in titles)


def split_enumeration(text: str) -> list[str]:
    """a, b and c: three."""
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", text)
    return [part for part in parts if part]


def _each(text: str) -> list[str]:
    """Several titles when each stands in quotes of its own, else the text as it is."""
    return _QUOTED_ONE.findall(text) if _QUOTED_ONES.fullmatch(text) else [text]


def _title(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if _is_quoted(text) else text.strip(".,;:!? ")


def _reference(text: str) -> str:
    """A title as used for a task that exists: "the buy milk task" means buy milk."""
    text = re.sub(
        rf"^(?:(?:the|my) )?{_KIND} (?:to |called |named )?", "", text.strip(), flags=re.I
    )
    if wrapped := re.fullmatch(rf"(?:the|my) (.+) {_KIND}", text, re.I):
        text = wrapped[1]
    if re.fullmatch(rf"(?:all|everything|every task|all (?:of )?{_LIST}|{_LIST})", text, re.I):
        return EVERYTHING
    return _title(text)


def _is_quoted(text: str) -> bool:
    return len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES


def _phrases() -> Iterator[tuple[str, _Reader]]:
    statement = r"(?!what|which|how|who|is |are )"
    yield rf"(?:mark|set) (?P<title>.+?) (?:as |to )?{_NOT_DONE}", _reopen
    yield r"(?:re-?open|un-?check|un-?tick) (?P<title>.+)", _reopen
    yield rf"mark (?P<title>.+?) (?:as |to )?{_DONE}", _complete
    yield rf"(?:set|change|update) (?P<title>.+?) (?:as|to) {_DONE}", _complete
    yield r"(?:check|tick|cross) off (?P<title>.+)", _complete
    yield r"(?:check|tick|cross) (?P<title>.+?) off(?: (?:from )?(?:my|the) list)?", _complete
    yield r"(?:complete|finish) (?P<title>.+)", _complete
    yield (
        r"i(?:['\u2019]?(?:ve|m)| have| am)?(?: just| already)?"
        r" (?:finished|completed|done)(?: with)? (?P<title>.+)",
        _complete,
    )
    yield rf"{statement}(?P<title>.+?) (?:is|are)(?: now| already)? {_DONE}", _complete
    yield r"(?:rename|retitle) (?P<change>.+? (?:to|into) .+)", _rename
    yield (
        r"(?:change|edit|update)(?: the (?:title|name) of)? (?P<change>.+? (?:to|into) .+)",
        _rename,
    )
    yield rf"(?:clear|empty) {_LIST}", _clear
    yield (
        r"(?:delete|remove|drop|cancel|erase|scrap|get rid of|forget about)"
        rf" (?P<title>.+?)(?: (?:from|off|on) {_LIST})?",
        _delete,
    )
    yield rf"take (?P<title>.+?) off {_LIST}", _delete
    yield (
        r"(?:what|whats|which|how many|show|list|display|view|see|read|check|get|tell me|give me"
        rf"|do i have|have i|any|anything|is there|are there)\b.*\b{_THINGS}\b.*",
        _list,
    )
    yield rf"(?:all )?(?:(?:of )?{_LIST})", _list
    yield from _adding()


def _adding() -> Iterator[tuple[str, _Reader]]:
    verb = r"(?:add|create|make|put|note|write down|set up)"
    yield (
        rf"{verb}(?: (?:the|these|some|two|three|four|five|\d+))?(?: new| following)?"
        r" (?:tasks|to-?dos|reminders|items)(?: to| for)?\s*[:\u2013-]?\s+(?P<title>.+)",
        _add_several,
    )
    yield (
        rf"(?:{verb}(?: me)?(?: an?| the| another| one more)?(?: new)?|new) {_KIND}"
        r"(?: (?:called|named|titled|saying))?(?:\s*[:,\u2013-]|(?: to| for)\b:?)?\s+(?P<title>.+)",
        _add,
    )
    yield rf"{verb} (?:to|on) {_LIST}\s*[:,\u2013-]?\s+(?P<title>.+)", _add_listed
    yield rf"{verb} (?P<title>.+?) (?:to|on|onto|in|into) {_LIST}", _add_listed
    yield (
        r"remind me(?: (?P<when>today|tomorrow|(?:on|by) \S+))? (?:to|about|of|that)"
        r" (?P<title>.+)",
        _add,
    )
    yield r"(?:remember|don['\u2019]?t (?:let me )?forget) (?:to|about) (?P<title>.+)", _add
    yield rf"add (?!(?:an?|the|another)?\s*(?:new )?{_KIND}s?$)(?P<title>.+)", _add_listed


_PHRASES = tuple((re.compile(pattern, re.I | re.S), read) for pattern, read in _phrases())
