"""How much of a conversation one request to a model may contain."""

# Bytes of compact JSON in UTF-8. English has about four to a token, JSON's punctuation included;
# Cyrillic has four to five, Chinese three.
BYTES_PER_TOKEN = 4
# The default for earlier turns. A model's window is several times as large.
HISTORY_TOKENS = 64_000
# The running turn may take twice as much as its past. By default that makes 192,000 tokens, which
# fit the windows of today's larger models together with instructions and an answer.
TURN_SHARE = 2
# One result of a tool: 25,000 tokens. More is rarely worth it, and is paid for at every step.
RESULT_BYTES = 100_000
# All images of one request together. Endpoints take 5 MB an image at least, and 20 MB a request.
IMAGE_BYTES = 5_000_000
# What an image counts for in a budget of bytes. Endpoints charge about 1,500 tokens for one of any
# size.
IMAGE_COST = 1_500 * BYTES_PER_TOKEN


def history_bytes(history_tokens: int = HISTORY_TOKENS) -> int:
    """Return how many bytes of JSON the earlier turns may take."""
    return history_tokens * BYTES_PER_TOKEN


def turn_bytes(history_tokens: int = HISTORY_TOKENS) -> int:
    """Return how many bytes of JSON the running turn may take."""
    return TURN_SHARE * history_bytes(history_tokens)
