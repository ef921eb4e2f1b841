"""The setting MODELS: the models that may answer, and what is known of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from chat_api.model.budget import HISTORY_TOKENS
from chatcore.settings import json_list

type Api = Literal["responses", "chat_completions"]
type Parameter = Literal["store", "stream_options", "parallel_tool_calls", "include", "reasoning"]
type Text = Annotated[str, Field(pattern=r"^\S(.*\S)?$")]

# The earlier turns may fill a quarter of the window and the running turn twice as much. The last
# quarter is for instructions, tools and the answer.
WINDOW_SHARE = 4
# Only on this machine may a key be sent unencrypted.
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# The members of each provider that not every provider has.
_OWN_MEMBERS = {"openai": ("base_url", "secret"), "bedrock": ("region", "endpoint")}


class ModelConfig(BaseModel):
    """One model: where it is, how it is called, and what it can do.

    `name` is what settings, messages and logs call it. `model` is what its endpoint calls it, by
    default the same.

    The provider `openai` is any endpoint that speaks one of OpenAI's two APIs, by default OpenAI's
    own. Its requests carry the key in `secret`, which is in Secrets Manager. Without one, only
    requests to OpenAI carry a key, the service's own. The provider `bedrock` is Amazon Bedrock. Its
    requests are signed with the function's role.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Text
    model: Text | None = None
    provider: Literal["openai", "bedrock"] = "openai"
    api: Api = "responses"
    base_url: Text | None = None
    secret: Text | None = None
    region: Annotated[str, Field(pattern=r"^[a-z]{2,8}(-[a-z0-9]+)+-\d+$")] | None = None
    endpoint: Literal["runtime", "mantle"] = "runtime"
    # The size of its window. It bounds the history below HISTORY_TOKENS.
    context_tokens: Annotated[int, Field(ge=4000)] | None = None
    images: bool = True
    files: bool = True
    # Without a value, the name decides.
    reasoning: bool | None = None
    # Whether the model refuses its own tool calls without the `reasoning_content` that led to them.
    replay_reasoning: bool | None = None
    parallel_tool_calls: bool = True
    # Parameters that its endpoint refuses.
    omit: tuple[Parameter, ...] = ()

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        parts = urlsplit(url or "https://api.openai.com")
        plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        if not plain or parts.query or parts.fragment:
            raise ValueError("must be an http(s):// address without a password or a query")
        return url

    @model_validator(mode="after")
    def _fits_provider(self) -> Self:
        for member in chain.from_iterable(_OWN_MEMBERS.values()):
            if member in self.model_fields_set and member not in _OWN_MEMBERS[self.provider]:
                raise ValueError(f"must not have {member}, which {self.provider} does not use")
        return self

    @model_validator(mode="after")
    def _sends_no_key_in_clear(self) -> Self:
        parts = urlsplit(self.base_url or "")
        if self.secret and parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("must have an https:// address, because a key is sent there")
        return self

    @model_validator(mode="after")
    def _stores_nothing_at_openai(self) -> Self:
        # Without a value of ours for these two, the Agents SDK sends OpenAI the opposite one.
        refused = {"store", "stream_options"} & {*self.omit}
        if refused and self.is_openais_own and self.api == "chat_completions":
            raise ValueError(f"must not omit {' or '.join(sorted(refused))}, which OpenAI accepts")
        return self

    @property
    def is_openais_own(self) -> bool:
        """Whether OpenAI itself hosts it."""
        return self.provider == "openai" and self.base_url is None

    @property
    def wire_name(self) -> str:
        """What its endpoint calls it."""
        return self.model or self.name

    def history_tokens(self, most: int = HISTORY_TOKENS) -> int:
        """Return the tokens that earlier turns may take, at most `most`."""
        return min(most, self.context_tokens // WINDOW_SHARE) if self.context_tokens else most


def _some_distinct(configs: tuple[ModelConfig, ...]) -> tuple[ModelConfig, ...]:
    if not configs:
        raise ValueError("must list at least one model")
    if len({config.name for config in configs}) != len(configs):
        raise ValueError("must give every model a name of its own")
    return configs


ModelConfigs = Annotated[
    tuple[ModelConfig, ...],
    BeforeValidator(json_list),
    AfterValidator(_some_distinct),
]


_UNLISTED = ModelConfig(name="unlisted")


class UnlistedModel(Exception):
    """A run names a model that is not in the list, so it is unknown who may read the messages."""


@dataclass(frozen=True)
class ModelList:
    """The models in the operator's order. The first one answers unless a message asks for another.

    Without any, a run's agent names its model, or the Agents SDK does. `unlisted` has the endpoint
    of every model that is not in the list; its own name is not used. If it is None, only listed
    models are used.
    """

    configs: tuple[ModelConfig, ...] = ()
    unlisted: ModelConfig | None = _UNLISTED

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(config.name for config in self.configs)

    @property
    def default(self) -> str | None:
        """The name of the model that answers unless a message asks for another."""
        return next(iter(self.names), None)

    def config(self, name: str | None) -> ModelConfig:
        """Return what is known of a model. None stands for the default. Raise `UnlistedModel`."""
        name = name or self.default
        listed = next((each for each in self.configs if each.name == name), None)
        if listed:
            return listed
        if self.unlisted is None:
            raise UnlistedModel
        return self.unlisted.model_copy(update={"name": name}) if name else self.unlisted

    def following(self, name: str | None) -> Iterator[ModelConfig]:
        """Return the models after this one in the list. There are none after an unlisted one."""
        name = name or self.default
        found = self.names.index(name) if name in self.names else len(self.configs)
        yield from self.configs[found + 1 :]


def shorthand(
    names: Sequence[str],
    *,
    api: Api = "responses",
    base_url: str | None = None,
    secret: str | None = None,
) -> ModelList:
    """Return the models of one endpoint, which also serves every model that is not listed."""
    endpoint = {"api": api, "base_url": base_url, "secret": secret}
    unlisted = _UNLISTED.model_copy(update=endpoint)
    configs = tuple(unlisted.model_copy(update={"name": name}) for name in names)
    return ModelList(configs, unlisted)
