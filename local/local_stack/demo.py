"""A short conversation that shows, and checks, that the stack works."""

from collections.abc import Awaitable, Callable

from local_stack.conversation import ConversationError

_THING = "groceries"


async def hold_demo(ask: Callable[[str], Awaitable[str]], write: Callable[[str], None]) -> None:
    """Adds a task and asks for the list; `ask` writes the answer as it comes and returns it.

    Raises ConversationError when the second answer does not name what the first one added.
    """
    answer = ""
    for message in (f"Add a task to buy {_THING}", "What is on my list?"):
        write(f"\nyou:   {message}\nagent: ")
        answer = await ask(message)
    if _THING not in answer.lower():
        raise ConversationError(f"The list that the agent told does not name the {_THING}.")
