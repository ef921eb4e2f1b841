"""How the endpoints of models say that a request exceeds what the model can read.

OpenAI sends a code. Other makers say it in words alone, with a status of their choice.
"""

import re

import openai

# None of them concerns the request's length, whatever the words.
OTHER_STATUSES = (401, 403, 404)
_SAYS = re.compile(
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
            # vLLM takes what the prompt leaves for the answer.
            r"max_(completion_)?tokens must be at least 1, got -",
        )
    ),
    re.IGNORECASE,
)
# The answer's bound, which is the operator's setting; vLLM names the context length as well.
_OF_THE_ANSWER = re.compile(r"\bmax_(completion_|output_)?tokens\W{1,3}is too large", re.IGNORECASE)
# One request beyond what a minute allows will exceed it in every other minute.
_MORE_THAN_A_MINUTE_HAS = re.compile(r"\brequest too large for\b", re.IGNORECASE)
# Contents may have a million characters and more; ids and names have some hundred at most.
_STRING_BOUND = re.compile(r"maximum length (\d+)")
LONG_STRING = 10_000


def is_overflow(error: openai.APIError) -> bool:
    """Return whether an endpoint refused a request because there is too much in it."""
    status = error.status_code if isinstance(error, openai.APIStatusError) else None
    # The client's own text leaves out the body of an error in another form than OpenAI's.
    says = f"{error} {error.body}"
    if status == 413:
        return True
    if status == 429:
        return bool(_MORE_THAN_A_MINUTE_HAS.search(says))
    if error.code == "string_above_max_length":
        bound = _STRING_BOUND.search(says)
        return bound is None or int(bound[1]) >= LONG_STRING
    if status in OTHER_STATUSES or _OF_THE_ANSWER.search(says):
        return False
    return bool(_SAYS.search(says))
