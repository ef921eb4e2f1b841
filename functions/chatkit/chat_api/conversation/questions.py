"""Questions that the agent asks in a form, and their answers."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from chatkit.types import (
    StructuredInput,
    StructuredInputAnswer,
    StructuredInputFreeform,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputMultipleChoiceOption,
    StructuredInputSubmission,
)
from pydantic import BaseModel, Field

ASK_USER = "ask_user"
DESCRIPTION = (
    "Ask the user up to five questions at once, in a form. Use it when you cannot continue without"
    " the answers. The user may skip any question, and may answer in other words than the options."
)
MOST_QUESTIONS = 5

type Line = Annotated[str, Field(min_length=1, max_length=500)]


class Question(BaseModel):
    question: Line
    options: list[Line] = Field(
        default=[], max_length=10, description="What to choose from. Leave it empty for free text."
    )
    multiple: bool = Field(
        default=False, description="Whether more than one of the options may be chosen."
    )
    description: Line | None = Field(
        default=None, description="A line of help, shown with a question without options."
    )


class Questions(BaseModel):
    questions: list[Question] = Field(min_length=1, max_length=MOST_QUESTIONS)


def question_item(
    arguments: Mapping[str, Any], *, item_id: str, thread_id: str
) -> StructuredInputItem:
    """Return the form for arguments that fit `Questions`."""
    asked = Questions.model_validate(arguments).questions
    return StructuredInputItem(
        id=item_id,
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        inputs=[_input(f"q{number}", each) for number, each in enumerate(asked, 1)],
    )


def with_answers(
    item: StructuredInputItem, submission: StructuredInputSubmission
) -> StructuredInputItem:
    """Return the form with what a client submitted, as the SDK applies it.

    A question without an answer counts as skipped, and answers to unknown questions are ignored.
    """
    answered = item.model_copy(deep=True, update={"status": submission.status})
    for question in answered.inputs:
        given = submission.answers.get(question.id)
        skips = submission.status == "skipped" or given is None or given.skipped
        values = [] if skips or given is None else given.values
        if isinstance(question, StructuredInputMultipleChoice) and not question.multiple:
            values = values[:1]
        question.answer = StructuredInputAnswer(values=values, skipped=not values)
    return answered


def skipped(item: StructuredInputItem) -> StructuredInputItem:
    """Return the form as skipped."""
    return with_answers(item, StructuredInputSubmission(status="skipped"))


def unanswered(item: StructuredInputItem) -> StructuredInputItem:
    """Return the form as it was asked."""
    asked = item.model_copy(deep=True, update={"status": "pending"})
    for question in asked.inputs:
        question.answer = None
    return asked


def answers_for_model(item: StructuredInputItem) -> str:
    """Return what the user answered, as the result of the call that asked."""
    answers = [
        {"question": each.question, "answer": _for_model(each.answer)} for each in item.inputs
    ]
    return json.dumps(answers, ensure_ascii=False)


def _for_model(answer: StructuredInputAnswer | None) -> str | list[str]:
    if answer is None or not answer.values:
        return "(The user skipped this question.)"
    return answer.values[0] if len(answer.values) == 1 else answer.values


def _input(question_id: str, asked: Question) -> StructuredInput:
    if not asked.options:
        return StructuredInputFreeform(
            id=question_id, question=asked.question, description=asked.description
        )
    return StructuredInputMultipleChoice(
        id=question_id,
        question=asked.question,
        options=[StructuredInputMultipleChoiceOption(value=each) for each in asked.options],
        multiple=asked.multiple,
    )
