"""The command, as the local stack starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from openai import OpenAI

from local_stack.subprocesses import free_port
from tests.waiting import PATIENCE


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "local_stack.model", "--port", str(port)]
    environment = {**os.environ, "MODEL_WORD_DELAY": "60"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_server_prints_nothing_and_a_signal_ends_it_even_during_an_answer(
    server: subprocess.Popen[bytes], port: int, sent: signal.Signals
) -> None:
    with OpenAI(api_key="any", base_url=f"http://127.0.0.1:{port}/v1", max_retries=20) as client:
        stream = client.responses.create(model="any", input="Thanks", stream=True)
        assert next(iter(stream)).type == "response.created"
        server.send_signal(sent)
        output, _ = server.communicate(timeout=PATIENCE)
        stream.close()
    assert output == b""
