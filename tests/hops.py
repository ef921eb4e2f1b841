"""How many of our async generators an event passes through, counted at one moment of a run."""

import gc
from types import AsyncGeneratorType


def running_generators(package: str) -> list[str]:
    """Return the names of the async generators of a package that are asked for an event now.

    Call it at the innermost point of a stream, such as the body of a fake model's HTTP response:
    everything outside is waiting for that point then, in whichever task. Generators that hold a
    context (`asynccontextmanager`) are not asked for anything, so they do not count.
    """
    # Not isinstance: it reads `__class__`, which some proxies in a process answer with an error.
    generators = [each for each in gc.get_objects() if type(each) is AsyncGeneratorType]
    return sorted(
        each.__qualname__
        for each in generators
        if each.ag_running and _is_in(package, each.ag_frame)
    )


def _is_in(package: str, frame: object) -> bool:
    names = getattr(frame, "f_globals", {})
    return f"{names.get('__name__', '')}.".startswith(f"{package}.")
