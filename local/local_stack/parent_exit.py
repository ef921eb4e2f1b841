"""Ends a helper server together with the stack that started it, even if the stack is killed."""

import argparse
import os
import sys
import threading


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="exit when stdin is closed, which happens when the parent process ends",
    )


def end_with_stdin() -> None:
    """Exit immediately when stdin is closed, which happens when the parent process ends."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
