"""The commands of the local stack: run, token, ask, demo and stand-ins."""

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
from local_stack.demo import run_demo
from local_stack.errors import StackError
from local_stack.parameters import model_in_use
from local_stack.serving import LOOPBACK
from local_stack.stack import Options, running_stack
from local_stack.stand_ins import running_stand_ins

_LOGS = Path(".local/logs")
_LAST_PORT = 65_535
_INTERRUPTED = 130
_ENDLESS = ("run", "stand-ins")


def main(argv: Sequence[str]) -> int:
    """Run a command. Return the exit status: 0, 1 after an error, or 130 after an interruption."""
    args = _parser().parse_args(argv)
    commands = {
        "run": _run,
        "token": _token,
        "ask": _ask,
        "demo": _demo,
        "stand-ins": _stand_ins,
    }
    _remove_aws_variables()
    try:
        interrupted = asyncio.run(_interrupted(commands[args.command](args)))
    except (StackError, ChatError) as error:
        print(error, file=sys.stderr)
        return 1
    # A signal is the normal end of a server, but interrupts any other command.
    return _INTERRUPTED if interrupted and args.command not in _ENDLESS else 0


def _remove_aws_variables() -> None:
    """Remove the developer's AWS variables, so that no mistake here reaches their account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local_stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the stack until SIGINT or SIGTERM")
    token = commands.add_parser("token", help="print a token of the local login")
    ask = commands.add_parser("ask", help="send a message and print the answer while it streams")
    commands.add_parser("demo", help="run a short conversation with its own stack")
    stand_ins = commands.add_parser(
        "stand-ins", help="run what the functions need, for `sam local`"
    )
    # local/env.json expects them at this port.
    stand_ins.add_argument("--port", type=_port, default="8100")
    stand_ins.add_argument("--host", default=LOOPBACK)
    for each in (run, token, ask):
        each.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    run.add_argument(
        "--concurrency",
        type=int,
        default=os.environ.get("CONCURRENCY") or None,
        help="invocations at the same time before Lambda throttles; a new account may have 10",
    )
    for each in (token, ask):
        each.add_argument("--user", default="alice")
    token.add_argument("--audience", help="an audience other than the page's")
    ask.add_argument("--message", required=True)
    ask.add_argument("--thread", help="the id of the thread to continue")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use 0 to {_LAST_PORT}")
    return int(text)


async def _run(args: argparse.Namespace) -> None:
    logs = _LOGS / str(args.port)
    _print_line(f"Starting the service. Model: {model_in_use(os.environ)}.")
    _print_line(
        f"The functions log to {logs}/; Ctrl-C stops the service and deletes what it stored."
    )
    options = replace(_options(args.port, logs, access=_print_line), concurrency=args.concurrency)
    async with running_stack(options) as address:
        _print_line(f"ready {address}")
        await asyncio.Event().wait()


async def _token(args: argparse.Namespace) -> None:
    _print_line(await identity_token(_address(args), args.user, args.audience))


async def _ask(args: argparse.Namespace) -> None:
    if not args.message.strip():
        raise ChatError('The message is empty. Write one: make ask MSG="…"')
    _print_line(f"{args.user}: {args.message}")
    conversation = ChatClient(_address(args), args.user, _print_piece, args.thread)
    await conversation.ask(args.message)
    _print_line(f"thread {conversation.thread}")


async def _demo(args: argparse.Namespace) -> None:
    def ignore(line: str) -> None:
        """Keep request lines out of the conversation."""

    _print_line("Starting a service for this conversation.")
    async with running_stack(_options(0, _LOGS / "demo", access=ignore)) as address:
        await run_demo(ChatClient(address, "demo", _print_piece).ask, _print_piece)


async def _stand_ins(args: argparse.Namespace) -> None:
    options = _options(args.port, _LOGS / "stand-ins", access=_print_line)
    async with running_stand_ins(options, args.host) as address:
        _print_line(f"ready {address}")
        await asyncio.Event().wait()


def _options(port: int, logs: Path, access: Callable[[str], None]) -> Options:
    return Options(
        Path("template.yaml"), logs, port, dict(os.environ), report=_print_line, access=access
    )


def _address(args: argparse.Namespace) -> str:
    return f"http://127.0.0.1:{args.port}"


def _print_line(line: str) -> None:
    print(line, flush=True)


def _print_piece(piece: str) -> None:
    print(piece, end="", flush=True)


async def _interrupted(work: Coroutine[Any, Any, None]) -> bool:
    """Run the work and return whether a signal ended it.

    The first signal cancels the work, and its cleanup runs to the end.
    """
    task = asyncio.create_task(work)

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signals.remove(signal.SIGHUP)  # nohup: outlive the terminal
    for each in signals:
        asyncio.get_running_loop().add_signal_handler(each, stop)
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
