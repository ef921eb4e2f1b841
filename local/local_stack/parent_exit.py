"""How a helper server ends with the stack that started it, however the stack ends."""

import argparse
import os
import sys
import threading


def add_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="end when stdin does, which its starter holds open",
    )


def end_with_stdin() -> None:
    """End this process at once when stdin ends, as it does when the starter is killed."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
