"""The tools' arguments: their limits, and the descriptions that the model reads."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from task_tools import cursors
from task_tools.models import Priority

MAX_TITLE = 500


def _valid_date(value: str) -> str:
    date.fromisoformat(value)
    return value


# A text with the length limits of a title.
ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)
]
Title = Annotated[ShortText, Field(description="What to do, in the user's words.")]
NewTitle = Annotated[
    ShortText | None,
    Field(description="What to do instead, in the user's words."),
]
TaskName = Annotated[
    ShortText,
    Field(description="The task's id, from list_tasks or add_task; or its whole title."),
]
# A string, because JSON has no dates. pydantic's own date type would also accept the string "0".
IsoDate = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"),
    AfterValidator(_valid_date),
    Field(json_schema_extra={"format": "date"}, examples=["2026-12-24"]),
]
DueDate = Annotated[IsoDate | None, Field(description="The day by which it must be done.")]
RemoveDueDate = Annotated[bool, Field(description="True removes the due date.")]
Importance = Annotated[Priority, Field(description="How important the task is.")]
NewImportance = Annotated[Priority | None, Field(description="How important the task is now.")]
StatusFilter = Annotated[
    Literal["open", "done", "all"],
    Field(description="Only tasks that are open, only those that are done, or all."),
]
DueBefore = Annotated[IsoDate | None, Field(description="Only tasks that are due before this day.")]
Text = Annotated[
    ShortText | None,
    Field(description="Only tasks whose title contains this text."),
]
Cursor = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=cursors.MAX_LENGTH)] | None,
    Field(description="The next_cursor of the previous page, with the same filters."),
]
