"""The number of trials of randomized tests."""

import os


def trial_count(normal: int, deep: int) -> int:
    """Return the number of trials: `deep` if DEEP is set (`make test-all`), otherwise `normal`."""
    return deep if os.environ.get("DEEP") else normal
