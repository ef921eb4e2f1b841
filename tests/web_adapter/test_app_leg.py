"""The way out should our runtime fail on AWS: the same application under uvicorn, as AWS's Lambda
Web Adapter would start it, ask it whether it is ready, and pass requests on to it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_stack.children import free_port
from local_stack.function_process import environment
from local_stack.stand_ins import switches
from tests.stand_ins import ROOT, StandIns, chat_function, running_stand_ins

HANDLER = Path(__file__).with_name("run.sh")


@pytest.fixture(scope="session")
def stand_ins() -> Iterator[StandIns]:
    with running_stand_ins() as stand_ins:
        yield stand_ins


def adapted_environment(address: str, home: Path, port: int) -> dict[str, str]:
    """The chat function's environment with the adapter's variables in it."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    adapter = {
        "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
        "AWS_LWA_INVOKE_MODE": "response_stream",
        "AWS_LWA_PORT": str(port),
    }
    own = environment(chat_function(address), "", switches(address), home)
    return {**own, **adapter, "PATH": path}


@pytest.fixture
def app(stand_ins: StandIns, tmp_path: Path) -> Iterator[httpx2.Client]:
    """A client of the application, as the adapter is one."""
    port = free_port()
    environ = adapted_environment(stand_ins.address, tmp_path, port)
    # The adapter tries again until the application answers; so does this, with growing pauses.
    transport = httpx2.HTTPTransport(retries=8)
    address = f"http://127.0.0.1:{port}"
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen([HANDLER], cwd=ROOT, env=environ, stdout=log, stderr=log) as process,
        httpx2.Client(base_url=address, transport=transport, timeout=60) as client,
    ):
        yield client
        process.terminate()


def test_it_is_ready_as_soon_as_it_answers_the_readiness_check(app: httpx2.Client) -> None:
    assert 100 <= app.get("/").status_code < 500


def test_a_turn_is_streamed(
    app: httpx2.Client, stand_ins: StandIns, event: Callable[..., dict[str, Any]]
) -> None:
    proxied = event("chatkit-create", stand_ins.client_secret("alice"))
    headers = {name: value for name, value in proxied["headers"].items() if name != "Host"}
    request = app.stream("POST", "/chatkit", headers=headers, content=proxied["body"])
    with request as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "x-chatkit-turn" in response.headers
        parts = list(response.iter_raw())
    text = b"".join(parts).decode()
    assert "buy groceries" in text
    assert '"type":"error"' not in text
    # Each word on its own: nothing on the way has held them back.
    words = [part for part in parts if b"text_delta" in part]
    assert len(words) >= 5


def test_a_request_without_a_secret_is_refused_in_json(app: httpx2.Client) -> None:
    answer = app.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert answer.status_code == 401
    assert answer.json()["message"]
