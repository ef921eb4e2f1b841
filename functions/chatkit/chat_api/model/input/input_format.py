"""What a history may contain, by the API and the model that it is sent to."""

import re
from dataclasses import dataclass, replace

from chat_api.model.model_config import ModelConfig

# These models refuse a call of the running turn without the signature of their thoughts.
_SIGNING = re.compile(r"gemini-([3-9]|\d\d)", re.IGNORECASE)


@dataclass(frozen=True)
class InputFormat:
    """What a history may contain.

    `model` is the name of the model that reads it, or "" for any model. It gets no other model's
    reasoning. `images` and `files`: the model can read them in messages and results. `media`: its
    API takes them in the results of tools.

    `hosted`: items of tools that the endpoint runs itself. `parts`: messages in the form that the
    SDK turns into Chat Completions messages. Reasoning is `encrypted` (Responses) or `readable`
    (Chat Completions). `replay` says which readable reasoning goes back. True: all of it, and a
    stand-in for each step with calls that has none. False: none. None: only what the endpoint sent
    in the field `reasoning`. `signed`: calls carry the signature of the thoughts that led to them.
    """

    model: str = ""
    images: bool = True
    files: bool = True
    media: bool = False
    hosted: bool = False
    parts: bool = False
    encrypted: bool = False
    readable: bool = False
    replay: bool | None = None
    signed: bool = False

    def is_for(self, author: str) -> bool:
        """Return whether the history may contain what this model wrote for itself alone."""
        return not self.model or author == self.model


RESPONSES = InputFormat(media=True, hosted=True, encrypted=True)
CHAT_COMPLETIONS = InputFormat(parts=True, readable=True)
# For either API and any model, because another model may answer the next turn.
STORED = InputFormat(readable=True)


def input_format(config: ModelConfig, *, over_chat: bool) -> InputFormat:
    """Return what a history for this model may contain."""
    return replace(
        CHAT_COMPLETIONS if over_chat else RESPONSES,
        model=config.name,
        images=config.images,
        files=config.files,
        signed=over_chat and _SIGNING.search(config.wire_name) is not None,
    )
