"""`python -m lambda_stream`: the runtime client of this process, until Lambda ends it."""

import asyncio
import io
import os
import sys

from lambda_stream.log import log_fault
from lambda_stream.runtime import run


def main() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Lines still in a buffer when the environment freezes would be logged with a later request.
        sys.stdout.reconfigure(line_buffering=True)
    try:
        return asyncio.run(run(os.environ))
    except OSError as error:
        log_fault("the Runtime API is gone", error, own=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
