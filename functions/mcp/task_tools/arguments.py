"""The arguments that tools take: bounded, and told to a model in the words of its schema."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from task_tools import cursors
from task_tools.models import Priority

MAX_TITLE = 500


def _is_a_date(value: str) -> str:
    date.fromisoformat(value)
    return value


# So long a text as a title may be.
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)]
Title = Annotated[Short, Field(description="What is to be done, in the user's words.")]
NewTitle = Annotated[
    Short | None,
    Field(description="What is to be done now, in the user's words."),
]
TaskName = Annotated[
    Short,
    Field(description="The task's id, from list_tasks or add_task; or its whole title."),
]
# A text, because that is what JSON has; pydantic's own date would take numbers too.
IsoDate = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"),
    AfterValidator(_is_a_date),
    Field(json_schema_extra={"format": "date"}, examples=["2026-12-24"]),
]
DueDate = Annotated[IsoDate | None, Field(description="The day by which it must be done.")]
RemoveDueDate = Annotated[
    bool, Field(description="True takes the due date away, so that the task has none.")
]
Importance = Annotated[Priority, Field(description="How important the task is.")]
NewImportance = Annotated[Priority | None, Field(description="How important the task is now.")]
Wanted = Annotated[
    Literal["open", "done", "all"], Field(description="Only tasks that are open, or done.")
]
DueBefore = Annotated[IsoDate | None, Field(description="Only tasks that are due before this day.")]
Text = Annotated[
    Short | None,
    Field(description="Only tasks whose title has this text in it."),
]
Cursor = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=cursors.MAX_LENGTH)] | None,
    Field(description="The next_cursor of the page before, with the same filters."),
]
