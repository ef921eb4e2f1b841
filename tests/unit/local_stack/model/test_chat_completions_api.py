"""The Chat Completions wire format, read by the openai SDK."""

import json

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageFunctionToolCall,
    ChatCompletionMessageParam,
)

ADD_TASK: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {
        "name": "add_task",
        "parameters": {"type": "object", "properties": {"title": {"type": "string"}}},
    },
}
ASKED: ChatCompletionMessageParam = {
    "role": "user",
    "content": "Add a task to buy milk and add a task to buy eggs",
}
ADDED: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "Be kind."},
    ASKED,
    {
        "role": "assistant",
        "tool_calls": [
            {
                "id": f"c{number}",
                "type": "function",
                "function": {"name": "add_task", "arguments": json.dumps({"title": title})},
            }
            for number, title in enumerate(("buy milk", "buy eggs"))
        ],
    },
    {"role": "tool", "tool_call_id": "c0", "content": '{"id": "1", "title": "buy milk"}'},
    {
        "role": "tool",
        "tool_call_id": "c1",
        "content": [{"type": "text", "text": '{"id": "2", "title": "buy eggs"}'}],
    },
]


async def streamed(
    client: AsyncOpenAI, message: ChatCompletionMessageParam, with_usage: bool = False
) -> list[ChatCompletionChunk]:
    stream = await client.chat.completions.create(
        model="any",
        messages=[message],
        tools=[ADD_TASK],
        stream=True,
        stream_options={"include_usage": with_usage},
    )
    return [chunk async for chunk in stream]


async def test_text_comes_as_one_object(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(
        model="some-model", messages=[{"role": "user", "content": "Thanks"}]
    )
    [choice] = completion.choices
    assert (choice.message.content, choice.finish_reason) == ("You are welcome!", "stop")
    assert completion.model == "some-model"
    assert completion.usage is not None
    assert completion.usage.total_tokens == 6
    ChatCompletion.model_validate(completion.model_dump())


async def test_calls_come_as_one_object(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(
        model="any", messages=[ASKED], tools=[ADD_TASK]
    )
    [choice] = completion.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    calls = choice.message.tool_calls or []
    assert [
        json.loads(call.function.arguments)
        for call in calls
        if isinstance(call, ChatCompletionMessageFunctionToolCall)
    ] == [{"title": "buy milk"}, {"title": "buy eggs"}]


async def test_the_text_uses_the_results_of_the_calls(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="any", messages=ADDED, tools=[ADD_TASK])
    content = completion.choices[0].message.content
    assert content == 'I have added "buy milk" and "buy eggs" to your list.'


async def test_text_is_streamed_word_by_word(client: AsyncOpenAI) -> None:
    chunks = await streamed(client, {"role": "user", "content": "Thanks"})
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].role == "assistant"
    assert [delta.content for delta in deltas[1:-1]] == ["You", " are", " welcome!"]
    assert chunks[-1].choices[0].finish_reason == "stop"
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk.model_dump())


async def test_calls_are_streamed_in_pieces_by_their_index(client: AsyncOpenAI) -> None:
    chunks = await streamed(client, ASKED)
    arguments = {0: "", 1: ""}
    ids = set()
    for chunk in chunks:
        for call in chunk.choices[0].delta.tool_calls or []:
            assert call.function is not None
            arguments[call.index] += call.function.arguments or ""
            ids |= {call.id} if call.id else set()
    assert [json.loads(text)["title"] for text in arguments.values()] == ["buy milk", "buy eggs"]
    assert len(ids) == 2
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


async def test_usage_comes_last_and_only_on_request(client: AsyncOpenAI) -> None:
    without = await streamed(client, ASKED)
    *others, last = await streamed(client, ASKED, with_usage=True)
    assert all(chunk.usage is None for chunk in (*without, *others))
    assert last.usage is not None
    assert (last.choices, last.usage.completion_tokens) == ([], 12)


async def test_a_call_without_its_result_is_refused(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="did not have response messages: c1"):
        await client.chat.completions.create(model="any", messages=ADDED[:-1])


async def test_a_result_without_its_call_is_refused(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="must be a response to a preceding message"):
        await client.chat.completions.create(model="any", messages=[ASKED, ADDED[-1]])
