"""The strictest endpoints accept whatever was stored."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chat_api.model.input.input_format import (
    STORED,
    InputFormat,
    input_format,
)
from chat_api.model.input.normalizer import model_input
from chat_api.model.model_config import ModelConfig
from local_stack.model.strict import chat_completions, responses
from tests.unit.chat_api.model.histories import (
    FORMS,
    HOSTED,
    call,
    messages_of,
    normalized,
    result,
    said,
    summary_text,
    thought,
    written_over_chat,
)

NAMES = ("gpt-6", "kimi-k3", "gemini-3-pro")
ROLES = ("user", "assistant", "system", "developer", "?")
# JSON may escape half a character.
texts = st.text(st.characters(exclude_categories=()), max_size=5)
odd = st.none() | st.integers() | texts | st.lists(texts, max_size=2)
ids = st.sampled_from(["c1", "c2", "", "c:3", "\ud83d"]) | st.none()
images = st.fixed_dictionaries({"type": st.just("input_image"), "image_url": texts})
files = st.fixed_dictionaries(
    {"type": st.just("input_file"), "filename": texts},
    optional={"file_data": texts, "file_url": texts, "file_id": texts},
)
text_parts = st.fixed_dictionaries({"type": texts, "text": texts})
contents = odd | st.lists(text_parts | images | files, max_size=2)
anything = st.lists(
    st.one_of(
        st.builds(call, ids, odd | st.sampled_from(["{}", '{"a":1}']), texts),
        st.builds(result, ids, contents),
        st.builds(
            thought,
            encrypted_content=st.none() | texts,
            summary=st.just([]) | st.builds(lambda text: [summary_text(text)], texts),
            provider_data=st.none() | st.sampled_from([*map(written_over_chat, NAMES)]),
        ),
        st.fixed_dictionaries({"role": st.sampled_from(ROLES)}).flatmap(
            lambda role: st.builds(lambda content: role | {"content": content}, contents)
        ),
        st.sampled_from([{"type": kind, "id": "x"} for kind in HOSTED]),
        odd,
    ),
    max_size=12,
)


TOOL = {"name": "f", "parameters": {"type": "object", "properties": {}}}
configs = st.builds(
    ModelConfig, name=st.sampled_from(NAMES), images=st.booleans(), files=st.booleans()
)
replays = st.sampled_from([True, False, None])


@given(anything, configs, replays)
def test_strict_chat_completions_endpoints_accept_any_stored_history(
    items: list[Any], config: ModelConfig, replay: bool | None
) -> None:
    form = replace(input_format(config, over_chat=True), replay=replay)
    given: Any = [*items, said("?")]
    asked: Any = model_input(given, form, tools=["f"], turn_bytes=10_000)
    messages = messages_of(asked, config.name)
    tools = [{"type": "function", "function": TOOL}]
    body = {"model": config.name, "messages": messages, "tools": tools}
    assert chat_completions.violations(body) == []
    for each in messages:
        if "tool_calls" in each and replay:
            assert "reasoning_content" in each or "reasoning" in each


@given(anything, configs)
def test_strict_responses_endpoints_accept_any_stored_history(
    items: list[Any], config: ModelConfig
) -> None:
    form = input_format(config, over_chat=False)
    # An endpoint knows the types of its own tools' items.
    given: Any = [*(each for each in items if "something_new" not in str(each)), said("?")]
    asked = model_input(given, form, tools=["f"], turn_bytes=10_000)
    tools = [{"type": "function", **TOOL}]
    body = {"model": config.name, "store": False, "input": asked, "tools": tools}
    assert responses.violations(body) == []


@given(anything, st.sampled_from(FORMS))
def test_normalizing_twice_changes_nothing(items: list[Any], form: InputFormat) -> None:
    once = normalized(items, form)
    assert normalized(once, form) == once
    assert normalized(normalized(items, STORED), form) == normalized(
        normalized(normalized(items, STORED), STORED), form
    )
