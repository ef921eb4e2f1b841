"""The Responses wire format, read by the openai SDK."""

from collections.abc import Awaitable, Callable

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import (
    FunctionToolParam,
    Response,
    ResponseFunctionToolCall,
    ResponseInputParam,
    ResponseStreamEvent,
    ResponseTextDeltaEvent,
)
from pydantic import TypeAdapter

from local_stack.model.conversation import Call, Conversation, Reply
from local_stack.model.model import Model, pause_of

LIST_TASKS: FunctionToolParam = {
    "type": "function",
    "name": "list_tasks",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
LISTED: ResponseInputParam = [
    {"role": "user", "content": "What is on my list?"},
    {"type": "function_call", "call_id": "c1", "name": "list_tasks", "arguments": "{}"},
    {
        "type": "function_call_output",
        "call_id": "c1",
        "output": [{"type": "input_text", "text": '{"tasks": [{"id": "1", "title": "a"}]}'}],
    },
]


async def streamed(client: AsyncOpenAI, text: str) -> list[ResponseStreamEvent]:
    stream = await client.responses.create(
        model="any", input=text, tools=[LIST_TASKS], stream=True, instructions="Be kind."
    )
    return [event async for event in stream]


async def test_text_comes_as_one_object(client: AsyncOpenAI) -> None:
    response = await client.responses.create(
        model="some-model", input="Hello", instructions="Be kind."
    )
    assert response.output_text == "Hello! How can I help you with your tasks?"
    assert response.status == "completed"
    assert (response.model, response.instructions) == ("some-model", "Be kind.")
    Response.model_validate(response.model_dump())


async def test_a_call_comes_as_one_object(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model="any", input="Show my list", tools=[LIST_TASKS])
    [call] = response.output
    assert isinstance(call, ResponseFunctionToolCall)
    assert (call.name, call.arguments) == ("list_tasks", "{}")
    assert response.output_text == ""


async def test_the_text_uses_the_result_of_the_call(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model="any", input=LISTED, tools=[LIST_TASKS])
    assert response.output_text == "You have 1 task: a."


async def test_the_events_of_a_text_come_in_order(client: AsyncOpenAI) -> None:
    events = await streamed(client, "Thanks")
    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    deltas = [event.delta for event in events if isinstance(event, ResponseTextDeltaEvent)]
    assert deltas == ["You", " are", " welcome!"]


async def test_the_events_of_a_call_come_in_order(client: AsyncOpenAI) -> None:
    events = await streamed(client, "Show my list")
    assert [event.type for event in events] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ]


@pytest.mark.parametrize("text", ["Hello", "Show my list"])
async def test_every_event_is_numbered_and_valid(client: AsyncOpenAI, text: str) -> None:
    events = await streamed(client, text)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    adapter = TypeAdapter[ResponseStreamEvent](ResponseStreamEvent)
    for event in events:
        adapter.validate_json(event.model_dump_json(by_alias=True))


async def test_the_completed_response_contains_the_streamed_text(client: AsyncOpenAI) -> None:
    events = await streamed(client, "Hello")
    last = events[-1]
    assert last.type == "response.completed"
    assert last.response.output_text == "Hello! How can I help you with your tasks?"
    assert last.response.usage is not None
    assert last.response.usage.output_tokens == 12


async def test_usage_depends_only_on_the_input_and_grows_with_it(client: AsyncOpenAI) -> None:
    async def used(text: str) -> tuple[int, int]:
        usage = (await client.responses.create(model="any", input=text)).usage
        assert usage is not None
        assert usage.total_tokens == usage.input_tokens + usage.output_tokens
        return usage.input_tokens, usage.output_tokens

    assert await used("Hello") == await used("Hello")
    assert await used("Hello there") > await used("Hello")


async def test_without_parallel_calls_they_come_one_by_one(
    client_of: Callable[[Model], Awaitable[AsyncOpenAI]],
) -> None:
    def two_calls(_: Conversation) -> Reply:
        return Reply(calls=(Call("list_tasks", {}), Call("list_tasks", {"page": 2})))

    client = await client_of(Model(answer=two_calls, pause=pause_of(0)))
    many = await client.responses.create(model="any", input="x", tools=[LIST_TASKS])
    one = await client.responses.create(
        model="any", input="x", tools=[LIST_TASKS], parallel_tool_calls=False
    )
    assert (len(many.output), len(one.output)) == (2, 1)


async def test_tool_choice_none_prevents_calls(client: AsyncOpenAI) -> None:
    response = await client.responses.create(
        model="any", input="Show my list", tools=[LIST_TASKS], tool_choice="none"
    )
    assert response.output_text == "I cannot reach the task list right now."


async def test_unknown_tools_and_items_are_ignored(client: AsyncOpenAI) -> None:
    given: ResponseInputParam = [
        {"role": "developer", "content": "Be kind."},
        {"role": "user", "content": "Hello"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"role": "assistant", "content": "Hello!"},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Thanks"},
                {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,"},
            ],
        },
    ]
    response = await client.responses.create(
        model="any", input=given, tools=[{"type": "web_search"}, LIST_TASKS]
    )
    assert response.output_text == "You are welcome!"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (LISTED[:2], "No tool output found for function call c1."),
        (LISTED[2:], "No tool call found for function call output with call_id c1."),
    ],
)
async def test_a_call_without_its_result_and_a_result_without_its_call_are_refused(
    client: AsyncOpenAI, given: ResponseInputParam, message: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(model="any", input=given)
    assert message in refused.value.message
    assert refused.value.param == "input"


async def test_responses_are_not_stored(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(model="any", input="x", previous_response_id="resp_1")
    assert refused.value.code == "previous_response_not_found"


async def test_a_request_that_only_strict_endpoints_refuse_is_refused_with_every_reason(
    client: AsyncOpenAI,
) -> None:
    given: ResponseInputParam = [{"role": "assistant", "content": " "}]
    with pytest.raises(openai.BadRequestError) as refused:
        await client.responses.create(model="any", input=given)
    assert "the first message is not the user's" in refused.value.message
    assert "blank text" in refused.value.message
