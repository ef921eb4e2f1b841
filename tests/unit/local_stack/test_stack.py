"""The command `run`, with real processes and the small project in `project/`."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.processes import descendants, running, wait_for_end
from tests.waiting import PATIENCE, until

PROJECT = Path(__file__).parent / "project"
LAYER = Path(__file__).parents[3] / "layers" / "streaming"


def project(folder: Path) -> Path:
    """Return a copy of the project, which the test may edit."""
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    (folder / "layer").symlink_to(LAYER)
    return folder


def started(folder: Path, port: int = 0, group: int | None = None) -> subprocess.Popen[str]:
    """Start the command `run`; with `group` 0 it gets its own process group."""
    environment = {n: value for n, value in os.environ.items() if not n.startswith("OPENAI_")}
    environment["PARAMETERS"] = "AllowedOrigins=https://chat.test:8443"
    return subprocess.Popen(
        [sys.executable, "-m", "local_stack", "run", "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=group,
    )


def ready(stack: subprocess.Popen[str]) -> str:
    """Return the address that the stack prints when it is ready."""
    assert stack.stdout is not None
    said = []
    for line in stack.stdout:
        said.append(line)
        if line.startswith("ready "):
            return line.split()[1]
    raise AssertionError("".join(said))


def pipe(folder: Path) -> str:
    """Create a named pipe in the folder."""
    path = folder / "pipe"
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx2.Client]:
    with started(folder) as stack:
        with httpx2.Client(base_url=ready(stack), trust_env=False, timeout=PATIENCE) as made:
            yield made
        stack.terminate()


def test_a_function_reads_the_secret_that_the_template_declares(client: httpx2.Client) -> None:
    assert client.get("/buffered/secret").json() == {"secret": "s3cret"}


def test_a_function_invokes_another_one(client: httpx2.Client) -> None:
    assert client.get("/buffered/neighbor").json() == {"error": "Unhandled"}


def test_without_a_key_the_scripted_model_answers(client: httpx2.Client) -> None:
    assert client.get("/buffered/model").json()["object"] == "list"


def test_a_model_of_bedrock_answers_a_function_that_signs_with_its_own_credentials(
    client: httpx2.Client,
) -> None:
    assert client.get("/buffered/bedrock_model").json() == {"said": "You are welcome!"}


def test_the_login_is_in_front_of_the_gateway(client: httpx2.Client) -> None:
    assert client.post("/local/token", json={"user": "alice"}).json()["token"]


@pytest.mark.parametrize("path", ["/", "/local/token", "/buffered/secret"])
def test_dns_rebinding_reads_nothing(client: httpx2.Client, path: str) -> None:
    answer = client.post(path, json={"user": "alice"}, headers={"host": "evil.example:8000"})
    assert answer.status_code == 421
    assert "evil.example" in answer.json()["message"]


def test_the_host_of_an_allowed_origin_is_answered(client: httpx2.Client) -> None:
    headers = {"host": "chat.test:8443", "origin": "https://chat.test:8443"}
    answer = client.post("/local/token", json={"user": "alice"}, headers=headers)
    assert answer.headers["access-control-allow-origin"] == "https://chat.test:8443"
    assert answer.json()["token"]


def test_a_page_of_another_site_gets_no_token(client: httpx2.Client) -> None:
    headers = {"origin": "http://evil.example", "content-type": "text/plain"}
    answer = client.post("/local/token", content='{"user": "alice"}', headers=headers)
    assert answer.status_code == 403


def test_each_chunk_arrives_before_the_next_is_sent(client: httpx2.Client, tmp_path: Path) -> None:
    with client.stream("POST", "/live", content=pipe(tmp_path)) as answer:
        chunks = answer.iter_raw()
        assert next(chunks) == b"first"
        (tmp_path / "pipe").write_text("second")
        assert b"".join(chunks) == b"second"


def test_a_client_that_disconnects_does_not_stop_the_function(
    client: httpx2.Client, tmp_path: Path
) -> None:
    with client.stream("POST", "/live", content=pipe(tmp_path)) as answer:
        assert next(answer.iter_raw()) == b"first"
    (tmp_path / "pipe").write_text("unread")
    until((tmp_path / "pipe.done").exists)


def test_a_killed_function_cuts_its_answer_and_the_next_request_is_answered(
    client: httpx2.Client, tmp_path: Path
) -> None:
    with client.stream("POST", "/live", content=pipe(tmp_path)) as answer:
        chunks = answer.iter_raw()
        assert next(chunks) == b"first"
        for pid in running("-m lambda_stream") & descendants(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(httpx2.RemoteProtocolError):
            next(chunks)
    with client.stream("POST", "/live", content=pipe(tmp_path)) as answer:
        chunks = answer.iter_raw()
        assert next(chunks) == b"first"
        (tmp_path / "pipe").write_text("second")
        assert next(chunks) == b"second"


def test_an_edited_function_restarts_before_its_next_request(
    client: httpx2.Client, folder: Path
) -> None:
    code = folder / "code" / "project_app.py"
    code.write_text(code.read_text().replace('{"secret": held}', '{"edited": True}'))
    assert client.get("/buffered/secret").json() == {"edited": True}


@pytest.mark.parametrize(
    "sent",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.deep),
        pytest.param(signal.SIGHUP, marks=pytest.mark.deep),
    ],
)
def test_a_signal_ends_every_process_of_the_stack(tmp_path: Path, sent: signal.Signals) -> None:
    with started(project(tmp_path)) as stack:
        ready(stack)
        below = descendants(stack.pid)
        stack.send_signal(sent)
        assert stack.wait(timeout=PATIENCE) == 0
    assert len(below) >= 4
    wait_for_end(below)


def test_a_signal_during_the_start_ends_every_process(tmp_path: Path) -> None:
    with started(project(tmp_path)) as stack:
        while not (below := descendants(stack.pid)):
            assert stack.poll() is None
        stack.terminate()
        assert stack.wait() == 0
    wait_for_end(below)


def test_a_killed_stack_leaves_no_process(tmp_path: Path) -> None:
    with started(project(tmp_path)) as stack:
        ready(stack)
        below = descendants(stack.pid)
        stack.kill()
    assert len(below) >= 4
    # A zombie that no parent collects shows no arguments.
    until(lambda: not running(" -m ") & below)


@pytest.mark.parametrize(
    ("name", "command"),
    [("moto", "-m local_stack.storage.moto_server"), ("model", "-m local_stack.model")],
)
def test_the_unexpected_end_of_a_stand_in_ends_the_stack_with_a_message(
    tmp_path: Path, name: str, command: str
) -> None:
    with started(project(tmp_path)) as stack:
        ready(stack)
        below = descendants(stack.pid)
        [stand_in] = running(command) & below
        os.kill(stand_in, signal.SIGKILL)
        output, _ = stack.communicate()
    assert stack.returncode == 1
    assert output.endswith(f"{name} ended unexpectedly; see .local/logs/0/{name}.log.\n")
    wait_for_end(below)


def test_ctrl_c_that_reaches_every_process_is_not_reported_as_a_failure(tmp_path: Path) -> None:
    with started(project(tmp_path), group=0) as stack:
        ready(stack)
        os.killpg(stack.pid, signal.SIGINT)
        output, _ = stack.communicate()
    assert stack.returncode == 0
    assert "ended unexpectedly" not in output


def test_the_stack_prints_which_model_answers(tmp_path: Path) -> None:
    with started(project(tmp_path)) as stack:
        assert stack.stdout is not None
        assert stack.stdout.readline() == "Starting the service. Model: scripted assistant.\n"
        stack.terminate()


def test_a_request_target_that_is_not_a_path_gets_a_json_error(
    client: httpx2.Client,
) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as raw:
        raw.sendall(b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        with raw.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")
    assert b"application/json" in head
    assert json.loads(body)["message"] == "Missing Authentication Token"


def test_a_function_that_does_not_start_ends_the_stack_with_a_message(tmp_path: Path) -> None:
    (project(tmp_path) / "code" / "project_app.py").write_text("import nothing_of_this_name")
    with started(tmp_path) as stack:
        output, _ = stack.communicate()
    assert stack.returncode == 1
    assert "did not start" in output
    assert "nothing_of_this_name" in output
    assert "Traceback" not in output


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with started(project(tmp_path), port) as stack:
            output, _ = stack.communicate()
    assert stack.returncode == 1
    assert f"Port {port} cannot be used" in output
    assert "Traceback" not in output
