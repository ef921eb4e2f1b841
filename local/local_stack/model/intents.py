"""What a user can want from the scripted assistant."""

from dataclasses import dataclass
from typing import Literal

type Topic = Literal[
    "greeting",
    "thanks",
    "goodbye",
    "how are you",
    "help",
    "story",
    "my name",
    "tell name",
    "last request",
]


@dataclass(frozen=True)
class AddTask:
    title: str


@dataclass(frozen=True)
class ListTasks:
    pass


@dataclass(frozen=True)
class CompleteTask:
    title: str


@dataclass(frozen=True)
class ReopenTask:
    title: str


@dataclass(frozen=True)
class DeleteTask:
    title: str


@dataclass(frozen=True)
class RenameTask:
    """Every way to read "rename A to B to C" as (old title, new title), the shortest old first."""

    readings: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        return self.readings[0][0]

    @property
    def new_title(self) -> str:
        return self.readings[0][1]


@dataclass(frozen=True)
class SmallTalk:
    """Anything that needs no tool; `detail` is the name in "my name is …"."""

    topic: Topic
    detail: str = ""


type TaskIntent = AddTask | ListTasks | CompleteTask | ReopenTask | DeleteTask | RenameTask
type Intent = TaskIntent | SmallTalk
