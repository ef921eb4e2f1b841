"""Each example application in a function process and behind uvicorn, started once for all tests.

The applications run in .venv-frameworks, which has the frameworks but not the development
dependencies.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from lambda_stream.settings import LEFTOVER_VARIABLE
from tests.system.frameworks.clients import Lambda, Uvicorn
from tests.unit.lambda_stream.conftest import ROOT, WRAPPER, Gates, function_process

FRAMEWORKS = (
    "blacksheep",
    "django",
    "fastapi",
    "flask",
    "litestar",
    "quart",
    "sanic",
    "starlette",
)
OTHERS = ("mcp", "scope", "sse")
PYTHON = ROOT / ".venv-frameworks" / "bin" / "python"
# Seconds that leftover tasks may run, for applications that do not get the default of 300. Both
# leave behind a task of sse-starlette that never ends, so it is canceled at once.
LEFTOVERS = {"sse": "0", "mcp": "0"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gates() -> AsyncIterator[Gates]:
    gates = Gates()
    server = await asyncio.start_server(gates.serve, "127.0.0.1", 0)
    gates.port = server.sockets[0].getsockname()[1]
    yield gates
    server.close()
    server.close_clients()


@pytest.fixture(scope="session")
def environ(gates: Gates) -> dict[str, str]:
    assert PYTHON.exists(), "the frameworks are not installed: make .venv-frameworks/.installed"
    paths = (ROOT, ROOT / "layers" / "streaming")
    return {
        "GATES_PORT": str(gates.port),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        # Flask lists the allowed methods in set order.
        "PYTHONHASHSEED": "0",
    }


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lambdas(
    environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[str, Lambda]]:
    """Run each application in a function process of the streaming layer."""
    folder = tmp_path_factory.mktemp("frameworks")
    async with AsyncExitStack() as processes:
        started = {}
        for name in (*FRAMEWORKS, *OTHERS):
            process = function_process(
                "",
                folder / name,
                WRAPPER,
                str(PYTHON),
                _HANDLER=f"tests.system.frameworks.apps.{name}_app.app",
                **{LEFTOVER_VARIABLE: LEFTOVERS.get(name, "300")},
                **environ,
            )
            started[name] = Lambda(await processes.enter_async_context(process))
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def uvicorns(
    environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[str, Uvicorn]]:
    """Run each application behind uvicorn, all in one process."""
    script = Path(__file__).with_name("uvicorns.py")
    with (tmp_path_factory.mktemp("uvicorns") / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(PYTHON, script, *FRAMEWORKS, *OTHERS),
            env={**os.environ, **environ},
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout is not None
    ports = json.loads(await process.stdout.readline())
    yield {name: Uvicorn(port) for name, port in ports.items()}
    process.kill()
    await process.wait()
