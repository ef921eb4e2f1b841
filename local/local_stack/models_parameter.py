"""The Models parameter in a local run, where the scripted model may answer for OpenAI's."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from local_stack.errors import StackError

type Entry = dict[str, Any]

# The developer's variables that describe a single model.
_SINGLE_MODEL = ("MODEL", "OPENAI_API", "OPENAI_BASE_URL")


class ModelsParameter:
    """The entries of Models; none if its text is not a list, which the function refuses."""

    def __init__(self, text: str, environment: Mapping[str, str]) -> None:
        """Read the text. `environment` may have a key for OpenAI's models.

        Raise StackError if it also describes a single model, since the template accepts only one
        of the two.
        """
        if single := [name for name in _SINGLE_MODEL if environment.get(name)]:
            raise StackError(f"Models and {single[0]} are both set. Unset {' and '.join(single)}.")
        self._text = text
        self._entries = _entries(text)
        self._key = environment.get("OPENAI_API_KEY")

    def parameters(self, scripted: str) -> dict[str, str]:
        """Return the template's parameters; `scripted` is the scripted model's OpenAI address.

        Without a key, the scripted model answers for OpenAI's own models.
        """
        if self._key:
            return {"Models": self._text, "OpenAIApiKey": self._key}
        if not any(map(self._is_scripted, self._entries)):
            return {"Models": self._text}
        entries = [
            _at(scripted, entry) if self._is_scripted(entry) else entry for entry in self._entries
        ]
        return {"Models": json.dumps(entries, ensure_ascii=False)}

    @property
    def needs_stand_in(self) -> bool:
        """Whether the scripted model answers for any of them, as OpenAI or as Bedrock."""
        return any(_is_bedrock(each) or self._is_scripted(each) for each in self._entries)

    def __str__(self) -> str:
        """Return the models' names, each with what answers for it."""
        shown = (f"{each.get('name')} ({self._answered_by(each)})" for each in self._entries)
        return ", ".join(shown) or "as listed in Models"

    def _is_scripted(self, entry: Entry) -> bool:
        return not (self._key or _is_bedrock(entry) or entry.get("base_url"))

    def _answered_by(self, entry: Entry) -> str:
        if _is_bedrock(entry) or self._is_scripted(entry):
            return "scripted assistant"
        return without_password(str(entry.get("base_url") or "https://api.openai.com/v1"))


def without_password(address: str) -> str:
    """Return an address without a password and without a query, which may hold a key."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _entries(text: str) -> Sequence[Entry]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return ()
    is_list = isinstance(parsed, list) and all(isinstance(each, dict) for each in parsed)
    return parsed if is_list else ()


def _is_bedrock(entry: Entry) -> bool:
    return entry.get("provider") == "bedrock"


def _at(address: str, entry: Entry) -> Entry:
    """Return the entry at this address, without its secret: the scripted model accepts any key."""
    kept = {name: value for name, value in entry.items() if name != "secret"}
    return {**kept, "base_url": address}
