"""`python -m local_stack.model --port N`: serve on 127.0.0.1 until a signal."""

import argparse
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from local_stack.browser_guard import for_programs
from local_stack.model.app import create_app
from local_stack.model.bedrock.account import Account
from local_stack.model.model import WORD_DELAY, Model, pause_of
from local_stack.parent_exit import add_option, end_with_stdin


class _Server(uvicorn.Server):
    """A server that a signal ends at once, since it has nothing to save."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local_stack.model", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--word-delay",
        type=float,
        default=os.environ.get("MODEL_WORD_DELAY", str(WORD_DELAY)),
        help="seconds between two words (also MODEL_WORD_DELAY; %(default)s)",
    )
    parser.add_argument(
        "--bedrock-account",
        type=Account.model_validate_json,
        default=Account(),
        help="who may send signed requests to Bedrock's path, as JSON",
    )
    add_option(parser)
    arguments = parser.parse_args()
    if arguments.end_with_stdin:
        end_with_stdin()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    model = Model(pause=pause_of(arguments.word_delay))
    config = uvicorn.Config(
        for_programs(create_app(model, arguments.bedrock_account)),
        host="127.0.0.1",
        port=arguments.port,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
    )
    _Server(config).run()


if __name__ == "__main__":
    main()
