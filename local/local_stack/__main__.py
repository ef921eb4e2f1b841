"""The local stack's commands: run, token, ask, demo and stand-ins."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from local_stack.chat_client import ChatClient, ChatError, identity_token
from local_stack.demo import hold_demo
from local_stack.errors import StackError
from local_stack.parameters import model_in_use
from local_stack.serving import LOOPBACK
from local_stack.stack import Options, running_stack
from local_stack.stand_ins import running_stand_ins

_LOGS = Path(".local/logs")
_LAST_PORT = 65_535
_INTERRUPTED = 130
_ENDLESS = ("run", "stand-ins")


def main(arguments: Sequence[str]) -> int:
    """The exit status: 0 when all went well, 1 after a sentence that says what did not."""
    asked = _parser().parse_args(arguments)
    commands = {
        "run": _run,
        "token": _token,
        "ask": _ask,
        "demo": _demo,
        "stand-ins": _stand_ins,
    }
    _forget_aws_account()
    try:
        interrupted = asyncio.run(_interrupted(commands[asked.command](asked)))
    except (StackError, ChatError) as error:
        print(error, file=sys.stderr)
        return 1
    # A signal is how a server is meant to end, and how nothing else is.
    return _INTERRUPTED if interrupted and asked.command not in _ENDLESS else 0


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
    stand_ins = commands.add_parser(
        "stand-ins", help="run all that functions need outside of themselves, for `sam local`"
    )
    # Where local/env.json looks for them.
    stand_ins.add_argument("--port", type=_port, default="8100")
    stand_ins.add_argument("--host", default=LOOPBACK)
    for each in (run, token, ask):
        each.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    run.add_argument(
        "--concurrency",
        type=int,
        default=os.environ.get("CONCURRENCY") or None,
        help="how many invocations run at once before Lambda throttles; a new account may have 10",
    )
    for each in (token, ask):
        each.add_argument("--user", default="alice")
    token.add_argument("--audience", help="another one than the page's")
    ask.add_argument("--message", required=True)
    ask.add_argument("--thread", help="the id of the thread to go on with")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {_LAST_PORT} are")
    return int(text)


async def _run(asked: argparse.Namespace) -> None:
    logs = _LOGS / str(asked.port)
    _print_line(f"Starting the service. Model: {model_in_use(os.environ)}.")
    _print_line(f"Its functions log to {logs}/; Ctrl-C stops it, and what it stored is gone then.")
    options = replace(_options(asked.port, logs, access=_print_line), concurrency=asked.concurrency)
    async with running_stack(options) as address:
        _print_line(f"ready {address}")
        await asyncio.Event().wait()


async def _token(asked: argparse.Namespace) -> None:
    _print_line(await identity_token(_address(asked), asked.user, asked.audience))


async def _ask(asked: argparse.Namespace) -> None:
    if not asked.message.strip():
        raise ChatError('Say something: make ask MSG="…"')
    _print_line(f"{asked.user}: {asked.message}")
    conversation = ChatClient(_address(asked), asked.user, _print_piece, asked.thread)
    await conversation.ask(asked.message)
    _print_line(f"thread {conversation.thread}")


async def _demo(asked: argparse.Namespace) -> None:
    def nothing(line: str) -> None:
        """Requests would stand in the middle of the conversation."""

    _print_line("Starting a service for this conversation.")
    async with running_stack(_options(0, _LOGS / "demo", access=nothing)) as address:
        await hold_demo(ChatClient(address, "demo", _print_piece).ask, _print_piece)


async def _stand_ins(asked: argparse.Namespace) -> None:
    options = _options(asked.port, _LOGS / "stand-ins", access=_print_line)
    async with running_stand_ins(options, asked.host) as address:
        _print_line(f"ready {address}")
        await asyncio.Event().wait()


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
    """Runs the work; a first signal to end cancels it, and its clean-up runs to the end."""
    task = asyncio.create_task(work)

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signals.remove(signal.SIGHUP)  # nohup: it shall outlive its terminal
    for each in signals:
        asyncio.get_running_loop().add_signal_handler(each, stop)
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
