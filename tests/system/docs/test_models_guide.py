"""The lists of docs/guides/models.md are valid, and its table has every member of an entry."""

import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from chat_api.model.model_config import ModelConfig, ModelConfigs

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "models.md").read_text()
LISTS = {
    section.partition("\n")[0]: text
    for section in GUIDE.split("\n## ")[1:]
    for text in re.findall(r"```json\n(.*?)```", section, re.DOTALL)
}
ROW = re.compile(r"^\| `(\w+)` \| .+ \| (.+?) \|$", re.MULTILINE)
MEMBERS = dict(ROW.findall(GUIDE.partition("\n## Several models\n")[2].partition("\n## ")[0]))
ADAPTER = TypeAdapter[ModelConfigs](ModelConfigs)


@pytest.mark.parametrize(
    "endpoint",
    [
        "OpenAI",
        "Amazon Bedrock",
        "Azure OpenAI",
        "vLLM",
        "Ollama",
        "llama.cpp",
        "OpenRouter",
        "A LiteLLM proxy",
    ],
)
def test_the_list_of_each_endpoint_is_valid_and_sends_no_key_to_a_stranger(endpoint: str) -> None:
    [config] = ADAPTER.validate_python(LISTS[endpoint])
    assert config.is_openais_own or config.provider == "bedrock" or config.secret
    assert not config.secret or config.secret.startswith("chatkit/models/")


def test_every_json_block_of_the_guide_is_tested() -> None:
    assert len(LISTS) == GUIDE.count("```json") == 8


def test_the_table_has_every_member_of_an_entry_with_its_default() -> None:
    assert MEMBERS.keys() == ModelConfig.model_fields.keys()
    for name, field in ModelConfig.model_fields.items():
        shown = MEMBERS[name].strip("`")
        if isinstance(field.default, bool | str):
            assert shown == (json.dumps(field.default).strip('"'))
