"""One item of every ChatKit type."""

from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    EndOfTurnItem,
    FileAttachment,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    InferenceOptions,
    SDKHiddenContextItem,
    StructuredInputFreeform,
    StructuredInputItem,
    TaskItem,
    ThoughtTask,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)

from tests.store.contract.user_store import Caller

type Alice = Caller[Any]


def _common(alice: Alice, thread: ThreadMetadata) -> dict[str, Any]:
    return {"id": alice.mint(), "thread_id": thread.id, "created_at": alice.now()}


def user_message(alice: Alice, thread: ThreadMetadata) -> UserMessageItem:
    tag = UserMessageTagContent(id="t1", text="@bob", data={"a": None})
    return UserMessageItem(
        **_common(alice, thread),
        content=[UserMessageTextContent(text="hello \x00 \U0001f9fe"), tag],
        attachments=[FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")],
        quoted_text="quoted",
        inference_options=InferenceOptions(model="m"),
    )


def assistant_message(alice: Alice, thread: ThreadMetadata) -> AssistantMessageItem:
    said = AssistantMessageContent(text="")
    return AssistantMessageItem(**_common(alice, thread), content=[said])


def client_tool_call(alice: Alice, thread: ThreadMetadata) -> ClientToolCallItem:
    return ClientToolCallItem(
        **_common(alice, thread), call_id="c1", name="n", arguments={"a": [None, 0.1, 10**20]}
    )


def widget(alice: Alice, thread: ThreadMetadata) -> WidgetItem:
    card = {"type": "Card", "children": [{"type": "Text", "value": "**x**"}]}
    return WidgetItem.model_validate(_common(alice, thread) | {"widget": card, "copy_text": "x"})


def generated_image(alice: Alice, thread: ThreadMetadata) -> GeneratedImageItem:
    image = GeneratedImage(id="i1", url="data:image/png;base64,AAAA")
    return GeneratedImageItem(**_common(alice, thread), image=image)


def structured_input(alice: Alice, thread: ThreadMetadata) -> StructuredInputItem:
    return StructuredInputItem(
        **_common(alice, thread), inputs=[StructuredInputFreeform(id="q1", question="Why?")]
    )


def task(alice: Alice, thread: ThreadMetadata) -> TaskItem:
    return TaskItem(**_common(alice, thread), task=CustomTask(title="t"))


def workflow(alice: Alice, thread: ThreadMetadata) -> WorkflowItem:
    steps = Workflow(type="reasoning", tasks=[ThoughtTask(content="hm")])
    return WorkflowItem(**_common(alice, thread), workflow=steps)


def end_of_turn(alice: Alice, thread: ThreadMetadata) -> EndOfTurnItem:
    return EndOfTurnItem(**_common(alice, thread))


def hidden_context(alice: Alice, thread: ThreadMetadata) -> HiddenContextItem:
    return HiddenContextItem(**_common(alice, thread), content={"a": [1, None]})


def sdk_hidden_context(alice: Alice, thread: ThreadMetadata) -> SDKHiddenContextItem:
    return SDKHiddenContextItem(**_common(alice, thread), content="x")


EVERY_ITEM = [
    user_message,
    assistant_message,
    client_tool_call,
    widget,
    generated_image,
    structured_input,
    task,
    workflow,
    end_of_turn,
    hidden_context,
    sdk_hidden_context,
]
