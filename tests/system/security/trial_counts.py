"""How much the suites that try things at random try."""

import os


def dose(normal: int, deep: int) -> int:
    """So many trials: with DEEP set (`make test-all`) the deep ones."""
    return deep if os.environ.get("DEEP") else normal
