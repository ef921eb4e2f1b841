"""The local stack's commands: run, token, ask and demo."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from local_stack.conversation import Conversation, ConversationError, identity_token
from local_stack.demo import hold_demo
from local_stack.errors import StackError
from local_stack.stack import Options, running_stack

_LOGS = Path(".local/logs")
_DEFAULT_PORT = 8000
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 when all went well, 1 after a sentence that says what did not."""
    asked = _parser().parse_args(arguments)
    commands = {"run": _run, "token": _token, "ask": _ask, "demo": _demo}
    _forget_aws_account()
    try:
        interrupted = asyncio.run(_interrupted(commands[asked.command](asked)))
    except (StackError, ConversationError) as error:
        print(error, file=sys.stderr)
        return 1
    # A signal is how `run` is meant to end, and how nothing else is.
    return _INTERRUPTED if interrupted and asked.command != "run" else 0


def _forget_aws_account() -> None:
    """Whatever goes wrong here, it cannot reach the AWS account of the person at the keyboard."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local_stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the stack until SIGINT or SIGTERM")
    token = commands.add_parser("token", help="print a token of the local login")
    ask = commands.add_parser("ask", help="send a message and print the answer as it comes")
    commands.add_parser("demo", help="hold a short conversation with a stack of its own")
    for each in (run, token, ask):
        each.add_argument("--port", type=int, default=os.environ.get("PORT") or _DEFAULT_PORT)
    for each in (token, ask):
        each.add_argument("--user", default="alice")
    ask.add_argument("--message", required=True)
    ask.add_argument("--thread", help="the id of the thread to go on with")
    return parser


async def _run(asked: argparse.Namespace) -> None:
    logs = _LOGS / str(asked.port)
    async with running_stack(_options(asked.port, logs, access=_print_line)) as address:
        _print_line(f"The functions log to {logs}/; what they store is gone when the stack stops.")
        _print_line(f"ready {address}")
        await asyncio.Event().wait()


async def _token(asked: argparse.Namespace) -> None:
    _print_line(await identity_token(_address(asked), asked.user))


async def _ask(asked: argparse.Namespace) -> None:
    conversation = Conversation(_address(asked), asked.user, _print_piece, asked.thread)
    await conversation.ask(asked.message)
    _print_line(f"thread {conversation.thread}")


async def _demo(asked: argparse.Namespace) -> None:
    def nothing(line: str) -> None:
        """Requests would stand in the middle of the conversation."""

    async with running_stack(_options(0, _LOGS / "demo", access=nothing)) as address:
        await hold_demo(Conversation(address, "demo", _print_piece).ask, _print_piece)


def _options(port: int, logs: Path, access: Callable[[str], None]) -> Options:
    return Options(
        Path("template.yaml"), logs, port, dict(os.environ), report=_print_line, access=access
    )


def _address(asked: argparse.Namespace) -> str:
    return f"http://127.0.0.1:{asked.port}"


def _print_line(line: str) -> None:
    print(line, flush=True)


def _print_piece(piece: str) -> None:
    print(piece, end="", flush=True)


async def _interrupted(work: Coroutine[Any, Any, None]) -> bool:
    """Runs the work; a first SIGINT or SIGTERM cancels it, and its clean-up runs to the end."""
    task = asyncio.create_task(work)

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop)
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
