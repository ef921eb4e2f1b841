"""What a model's name says about it."""

import re

# The prefixes are those of fine-tuned models, of Bedrock and of gateways.
_PREFIX = r"(ft:|openai[./])?"
# OpenAI answers 400 to a request for reasoning from these: its models from before all of them
# reasoned, and the chat models of the 5 series. Neither list will grow.
_WITHOUT_REASONING = re.compile(
    _PREFIX + r"(gpt-3\.5|gpt-4|chatgpt-4o|gpt-5(\.\d+)?-chat)", re.IGNORECASE
)
_WITH_REASONING = re.compile(_PREFIX + r"(gpt-([5-9]|\d\d)|o\d)", re.IGNORECASE)


def may_reason(model: str) -> bool:
    """Return whether a model may reason: True unless it is known not to."""
    return _WITHOUT_REASONING.match(model) is None


def is_known_to_reason(model: str) -> bool:
    """Return whether a model belongs to a family of OpenAI's that reasons."""
    return may_reason(model) and _WITH_REASONING.match(model) is not None
