"""A short conversation that shows and checks that the stack works."""

from collections.abc import Awaitable, Callable

from local_stack.chat_client import ChatError

_ITEM = "groceries"


async def run_demo(ask: Callable[[str], Awaitable[str]], write: Callable[[str], None]) -> None:
    """Add a task and ask for the list. Raise ChatError when an answer does not name the task.

    `ask` sends a message, writes the answer while it streams, and returns it.
    """
    for message in (f"Add a task to buy {_ITEM}", "What is on my list?"):
        write(f"\nyou:   {message}\nagent: ")
        if _ITEM not in (await ask(message)).lower():
            raise ChatError(f"The answer does not name the {_ITEM}.")
