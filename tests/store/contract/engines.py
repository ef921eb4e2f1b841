"""Local DynamoDB and S3 processes: moto, and dynoxide if its binary is found."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_stack.subprocesses import free_port

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / "node_modules" / "@dynoxide" / "linux-x64" / "dynoxide"
# What each process prints before its address as soon as it listens.
MOTO_READY = "Running on"
DYNOXIDE_READY = "listening on"


@dataclass(frozen=True)
class Engine:
    """A DynamoDB engine by name, and the addresses of DynamoDB and S3."""

    name: str
    dynamodb: str
    s3: str


def find_dynoxide(environment: Mapping[str, str]) -> str | None:
    """Return the binary: from DYNOXIDE, from PATH, or as installed by `npm ci`."""
    installed = str(INSTALLED) if INSTALLED.exists() else None
    return environment.get("DYNOXIDE") or shutil.which("dynoxide") or installed


def needed_dynoxide() -> str:
    """Return the binary. Without it, skip the test, or fail if DEMAND_DYNOXIDE is set."""
    binary = find_dynoxide(os.environ)
    if not binary:
        missing = pytest.fail if "DEMAND_DYNOXIDE" in os.environ else pytest.skip
        missing("dynoxide was not found: not in DYNOXIDE, not on PATH, not by `npm ci`")
    return binary


@contextmanager
def moto() -> Iterator[str]:
    """Yield an address at which moto serves every service."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, MOTO_READY):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def dynoxide(binary: str) -> Iterator[str]:
    """Yield an address at which dynoxide serves DynamoDB from memory."""
    port = free_port()
    with _running([binary, "--host", "127.0.0.1", "--port", str(port)], DYNOXIDE_READY):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], ready: str) -> Iterator[None]:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if ready in line:
                break
        assert ready in said, said
        # Read all further output, so that the pipe never fills up.
        rest = threading.Thread(target=process.stdout.read)
        rest.start()
        try:
            yield
        finally:
            process.terminate()
            rest.join()
