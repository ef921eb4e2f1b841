"""Recognizes that a request is longer than its model can read.

OpenAI sends a code for it. Other makers send a sentence, with a status of their choice.
"""

import re

import openai

# Statuses that never concern the request's length, whatever the sentence.
OTHER_STATUSES = (401, 403, 404)
_SENTENCES = re.compile(
    "|".join(
        (
            # OpenAI, Azure, Anthropic, DeepSeek, vLLM, SGLang, Ollama, LM Studio, Mistral,
            # OpenRouter; llama.cpp: "exceeds the available context size".
            r"context (window|length|limit|size)",
            r"exceed_context_size",
            # vLLM: "longer than the maximum model length"; xAI: "maximum prompt length is".
            r"maximum (model|prompt) length",
            # Anthropic and Fireworks: "prompt is too long"; Bedrock: "Input is too long".
            r"\b(prompt|inputs?|request) (is |are )?too (long|large)",
            # Gemini: "The input token count (5) exceeds"; Nova: "Number of input tokens exceeds".
            r"\binput token(s| count)\b.{0,40}\bexceed",
            # Cohere: "too many tokens: total number of tokens in the prompt cannot exceed".
            r"\btoo many tokens:",
            # Text Generation Inference, also behind Together.
            r"`inputs` (must have less than \d+ tokens|tokens \+ `max_new_tokens` must be)",
            # vLLM subtracts the prompt from the context length.
            r"max_(completion_)?tokens must be at least 1, got -",
        )
    ),
    re.IGNORECASE,
)
# A bound on the answer, which the operator sets. vLLM names the context length as well.
_ANSWER_BOUND = re.compile(r"\bmax_(completion_|output_)?tokens\W{1,3}is too large", re.IGNORECASE)
# A request over the limit of a minute is over it in every other minute too.
_OVER_MINUTE_LIMIT = re.compile(r"\brequest too large for\b", re.IGNORECASE)
# Message contents may have a million characters and more, ids and names a few hundred at most.
_STRING_BOUND = re.compile(r"maximum length (\d+)")
LONG_STRING = 10_000


def is_overflow(error: openai.APIError) -> bool:
    """Return whether an endpoint refused a request because it is too long."""
    status = error.status_code if isinstance(error, openai.APIStatusError) else None
    # The client's message leaves out a body in another format than OpenAI's.
    text = f"{error} {error.body}"
    if status == 413:
        return True
    if status == 429:
        return bool(_OVER_MINUTE_LIMIT.search(text))
    if error.code == "string_above_max_length":
        bound = _STRING_BOUND.search(text)
        return bound is None or int(bound[1]) >= LONG_STRING
    if status in OTHER_STATUSES or _ANSWER_BOUND.search(text):
        return False
    return bool(_SENTENCES.search(text))
