"""`sam local` with the output of `make build`, against the stand-ins.

It needs a container engine and an image of the runtime. SAM_LOCAL_IMAGE_TOOL names a script that
provides both: called with an empty folder, it starts a Docker daemon that listens on `docker.sock`
in that folder, writes the daemon's process id into `dockerd.pid`, and builds the image that
`sam local` needs.
"""

import ipaddress
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.subprocesses import free_port
from local_stack.template.names import REGION
from tests.stand_ins import ROOT, StandIns, running_stand_ins

TOOL = os.environ.get("SAM_LOCAL_IMAGE_TOOL")
# As in local/env.json.
PORT = 8100

type ReadEvent = Callable[..., dict[str, Any]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    how = "needs a container engine: SAM_LOCAL_IMAGE_TOOL=<script> make test, see its conftest.py"
    for item in items:
        if TOOL is None and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=how))


@dataclass(frozen=True)
class Engine:
    """The running Docker daemon. Containers reach this machine at `gateway`."""

    environment: dict[str, str]
    gateway: str


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    # Not pytest's own folder, whose path may exceed the 108 bytes of a socket's path.
    folder = Path(tempfile.mkdtemp(prefix="sam-local-"))
    environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/docker.sock"}
    try:
        subprocess.run([str(TOOL), str(folder)], check=True, stdout=subprocess.DEVNULL)
        yield Engine(environment, _gateway(environment))
    finally:
        _end(folder / "dockerd.pid")
        shutil.rmtree(folder)


def _gateway(environment: dict[str, str]) -> str:
    """Return this machine's address in the default bridge network, which is the first one."""
    asked = "{{(index .IPAM.Config 0).Subnet}}"
    command = ["docker", "network", "inspect", "bridge", "--format", asked]
    subnet = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return str(ipaddress.ip_network(subnet.stdout.strip())[1])


def _end(pid_file: Path) -> None:
    """End the daemon, which is not a child of this process, and wait until it is gone."""
    if pid_file.exists():
        daemon = os.pidfd_open(int(pid_file.read_text()))
        signal.pidfd_send_signal(daemon, signal.SIGTERM)
        select.select([daemon], [], [])
        os.close(daemon)


@pytest.fixture(scope="session")
def stand_ins(engine: Engine) -> Iterator[StandIns]:
    with running_stand_ins(engine.gateway, PORT) as stand_ins:
        yield stand_ins


class Sam:
    """`sam local` with the options that connect its containers to the stand-ins."""

    def __init__(self, engine: Engine) -> None:
        self._environment = {
            **engine.environment,
            "SAM_CLI_TELEMETRY": "0",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        }
        self._options = ["--template", ".aws-sam/build/template.yaml"]
        self._options += ["--env-vars", "local/env.json", "--region", REGION]
        self._options += ["--add-host", f"host.docker.internal:{engine.gateway}"]
        self._options += ["--skip-pull-image"]

    def start(self, command: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        sam = [".venv-sam/bin/sam", "local", command, *arguments, *self._options]
        return subprocess.Popen(sam, cwd=ROOT, env=self._environment, text=True, **options)

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Return the JSON answer of a function to an event."""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        with self.start("invoke", function, "--event", "-", **pipes) as process:
            out, err = process.communicate(json.dumps(event), timeout=120)
        assert process.returncode == 0, err
        answer: dict[str, Any] = json.loads(out)
        assert "statusCode" in answer, (answer, err)
        return answer


@pytest.fixture(scope="session")
def sam(engine: Engine, stand_ins: StandIns) -> Sam:
    subprocess.run(["make", "-s", "build"], cwd=ROOT, check=True)
    return Sam(engine)


@pytest.fixture(scope="session")
def api(sam: Sam, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """Return a client of `sam local start-api`."""
    port = str(free_port())
    log = tmp_path_factory.mktemp("start-api") / "log"
    with log.open("w") as output:
        process = sam.start("start-api", "--port", port, stdout=output, stderr=output)
    # The client retries with growing pauses until the server listens.
    transport = httpx2.HTTPTransport(retries=8)
    base = f"http://127.0.0.1:{port}"
    with httpx2.Client(base_url=base, transport=transport, timeout=60) as client:
        yield client
    process.terminate()
    process.wait(timeout=60)
