"""The first-party code that a streamed event or a call passes through, measured while it runs."""

import asyncio
import gc
from pathlib import Path
from types import AsyncGeneratorType, FrameType
from typing import Any

ROOT = Path(__file__).parent.parent
OURS = (str(ROOT / "functions"), str(ROOT / "layers"))


def running_generators(package: str) -> list[str]:
    """Return the names of a package's async generators that are awaiting an event now.

    Call it at the innermost point of a stream, such as the body of a fake model's HTTP response.
    At that moment, everything outside waits for that point, in any task. Generators of context
    managers (`asynccontextmanager`) await no event, so they do not count.
    """
    # Not isinstance, which reads `__class__`: some proxy objects raise an error for it.
    generators = [each for each in gc.get_objects() if type(each) is AsyncGeneratorType]
    return sorted(
        each.__qualname__
        for each in generators
        if each.ag_running and _is_in(package, each.ag_frame)
    )


def task_frames(task: asyncio.Task[Any]) -> list[str]:
    """Return our frames in a suspended task, from its first coroutine to the innermost one."""
    frames: list[FrameType] = []
    waiting: Any = task.get_coro()
    while waiting is not None:
        frame, waiting = _suspended(waiting)
        frames += [frame] if frame else []
    return _ours(frames)


def thread_frames(innermost: FrameType | None) -> list[str]:
    """Return our frames in a thread, from its first call to `innermost`."""
    frames: list[FrameType] = []
    while innermost:
        frames.insert(0, innermost)
        innermost = innermost.f_back
    return _ours(frames)


def _ours(frames: list[FrameType]) -> list[str]:
    return [
        f"{code.co_qualname} ({Path(code.co_filename).name})"
        for code in (frame.f_code for frame in frames)
        if code.co_filename.startswith(OURS)
    ]


def _suspended(waiting: Any) -> tuple[FrameType | None, Any]:
    """Return the frame of an awaited object, or None, and the object that it awaits."""
    for frame, awaited in _FRAME_AND_AWAITED:
        if hasattr(waiting, frame):
            return getattr(waiting, frame), getattr(waiting, awaited)
    # Only the garbage collector can find the generator of an async generator's step.
    return None, next(filter(_is_generator, gc.get_referents(waiting)), None)


# The attributes of coroutines, async generators and plain generators.
_FRAME_AND_AWAITED = (
    ("cr_frame", "cr_await"),
    ("ag_frame", "ag_await"),
    ("gi_frame", "gi_yieldfrom"),
)


def _is_generator(found: object) -> bool:
    return type(found) is AsyncGeneratorType or type(found).__name__.startswith("async_generator_")


def _is_in(package: str, frame: object) -> bool:
    names = getattr(frame, "f_globals", {})
    return f"{names.get('__name__', '')}.".startswith(f"{package}.")
