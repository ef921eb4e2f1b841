"""A short conversation that shows, and checks, that the stack works."""

from collections.abc import Awaitable, Callable

from local_stack.chat_client import ChatError

_THING = "groceries"


async def hold_demo(ask: Callable[[str], Awaitable[str]], write: Callable[[str], None]) -> None:
    """Adds a task and asks for the list; `ask` writes the answer as it comes and returns it.

    Raises ChatError when an answer does not name the task.
    """
    for message in (f"Add a task to buy {_THING}", "What is on my list?"):
        write(f"\nyou:   {message}\nagent: ")
        if _THING not in (await ask(message)).lower():
            raise ChatError(f"The answer does not name the {_THING}.")
