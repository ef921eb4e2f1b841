"""The alternative if our runtime fails on AWS: the same application under uvicorn.

AWS's Lambda Web Adapter starts it, checks whether it is ready and forwards requests to it.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_stack.lambda_.function_process import environment_variables
from local_stack.stand_ins import endpoint_variables
from local_stack.subprocesses import free_port
from tests.stand_ins import ROOT, StandIns, chat_function, running_stand_ins
from tests.system.e2e.gated_model import Words
from tests.waiting import PATIENCE

HANDLER = Path(__file__).with_name("run.sh")


@pytest.fixture(scope="session")
def stand_ins() -> Iterator[StandIns]:
    with running_stand_ins() as stand_ins:
        yield stand_ins


def adapted_environment(address: str, model: str, home: Path, port: int) -> dict[str, str]:
    """Return the chat function's environment with the adapter's variables and a model's address."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    adapter = {
        "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
        "AWS_LWA_INVOKE_MODE": "response_stream",
        "AWS_LWA_PORT": str(port),
        "OPENAI_BASE_URL": f"{model}/v1",
    }
    own = environment_variables(chat_function(address), "", endpoint_variables(address), home)
    return {**own, **adapter, "PATH": path}


@pytest.fixture(scope="session")
def app(
    stand_ins: StandIns, word_gate: tuple[str, Words], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """Run the application, and return a client that behaves like the adapter."""
    port, home = free_port(), tmp_path_factory.mktemp("home")
    environ = adapted_environment(stand_ins.address, word_gate[0], home, port)
    # Like the adapter, this client retries until the application answers, with growing pauses.
    transport = httpx2.HTTPTransport(retries=8)
    address = f"http://127.0.0.1:{port}"
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen([HANDLER], cwd=ROOT, env=environ, stdout=log, stderr=log) as process,
        httpx2.Client(base_url=address, transport=transport, timeout=PATIENCE) as client,
    ):
        yield client
        process.terminate()


def test_the_readiness_check_gets_a_status_that_means_ready(app: httpx2.Client) -> None:
    assert 100 <= app.get("/").status_code < 500


def test_a_turn_is_streamed(
    app: httpx2.Client, stand_ins: StandIns, words: Words, event: Callable[..., dict[str, Any]]
) -> None:
    proxied = event("chatkit-create", stand_ins.client_secret("alice"))
    headers = {name: value for name, value in proxied["headers"].items() if name != "Host"}
    body = proxied["body"].replace("Add a task to buy groceries", "Hello")
    request = app.stream("POST", "/chatkit", headers=headers, content=body)
    words.only(1)
    with request as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "x-chatkit-turn" in response.headers
        parts = response.iter_raw()
        # The model holds the second word until the client has received the first.
        assert any(b"text_delta" in part for part in parts)
        words.all()
        rest = b"".join(parts)
    assert b"text_delta" in rest
    assert b"Hello! How can I help you" in rest
    assert b'"type":"error"' not in rest


def test_a_request_without_a_secret_is_refused_in_json(app: httpx2.Client) -> None:
    answer = app.post("/chatkit", json={"type": "threads.list", "params": {}})
    assert answer.status_code == 401
    assert answer.json()["message"]
