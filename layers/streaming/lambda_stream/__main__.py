"""`python -m lambda_stream LAYERS`: serve events until Lambda ends the process.

LAYERS is the folder where the layers are unpacked, /opt on Lambda.
"""

import asyncio
import io
import os
import sys
from pathlib import Path

from lambda_stream.log import log_error
from lambda_stream.runtime import run
from lambda_stream.search_path import complete_search_path


def main(layers: Path) -> int:
    """Serve events, and return the exit status of the process. Log an unreachable Runtime API."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A line still buffered when the environment freezes would appear in a later request's log.
        sys.stdout.reconfigure(line_buffering=True)
    complete_search_path(
        os.environ.get("LAMBDA_TASK_ROOT", "/var/task"),
        layers,
        os.environ.get("LAMBDA_RUNTIME_DIR", "/var/runtime"),
    )
    try:
        return asyncio.run(run(os.environ))
    except OSError as error:
        log_error("the Runtime API cannot be reached", error, with_message=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
