"""`make deploy` with the real `sam`, against a local AWS."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.real_sam.aws import Aws, Request, running_aws

ROOT = Path(__file__).parents[3]
API_KEY = "sk-hunter2"
SETTINGS = {
    "ALLOWED_ORIGINS": "https://app.example.com",
    "IDENTITY_ISSUER": "https://login.example.com",
    "IDENTITY_AUDIENCE": "app",
    "IDENTITY_JWKS_URL": "https://login.example.com/jwks.json",
    "OPENAI_API_KEY": API_KEY,
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with running_aws() as aws:
        yield aws


@dataclass(frozen=True)
class Artifacts:
    """A build folder with functions and layers."""

    folder: Path
    names: tuple[str, ...]


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """Return a folder like the output of `make build`, whose template names a folder per artifact.

    Each folder contains one small file. The stamp has tomorrow's date, so make builds nothing.
    """
    folder = tmp_path_factory.mktemp("built")
    template = (ROOT / "template.yaml").read_text()
    names = re.findall(r"^  (\w+):\n    Type: AWS::Serverless::(?:Function|Layer)", template, re.M)
    for name in names:
        (folder / name).mkdir()
        (folder / name / "code.py").write_text(f"# {name}\n")
        location = rf"(^  {name}:\n(?:    .*\n)+?      (?:CodeUri|ContentUri): ).*"
        template, count = re.subn(location, rf"\g<1>{name}", template, flags=re.M)
        assert count == 1
    (folder / "template.yaml").write_text(template)
    stamp = folder / ".x86_64"
    stamp.touch()
    os.utime(stamp, (time.time() + 86400,) * 2)
    return Artifacts(folder, tuple(names))


@dataclass(frozen=True)
class Deployment:
    """The result of `make deploy`: its status, its output, and its requests to AWS."""

    status: int
    output: str
    requests: list[Request]

    def operations(self) -> set[str]:
        return {request.operation for request in self.requests}

    def of(self, operation: str) -> list[Request]:
        return [request for request in self.requests if request.operation == operation]

    def change_sets(self) -> list[dict[str, str]]:
        """Return the parameters of each change set, without those that keep their value."""
        return [
            {
                asked[f"Parameters.member.{n}.ParameterKey"]: value
                for n in range(1, 100)
                if (value := asked.get(f"Parameters.member.{n}.ParameterValue")) is not None
            }
            for asked in (r.parameters for r in self.of("cloudformation CreateChangeSet"))
        ]


MakeDeploy = Callable[..., Deployment]


@pytest.fixture(scope="module")
def make_deploy(
    aws: Aws, artifacts: Artifacts, tmp_path_factory: pytest.TempPathFactory
) -> MakeDeploy:
    """Return a function that runs `make deploy` with only these variables and this profile."""

    def run(environ: dict[str, str], answer: str, profile: str = "", *typed: str) -> Deployment:
        home = tmp_path_factory.mktemp("home")
        (home / "config").write_text(profile)
        # `sam` looks up its newest version once a week, after a success.
        (home / ".aws-sam").mkdir()
        checked = {"lastVersionCheck": time.time(), "installationId": "test"}
        (home / ".aws-sam" / "metadata.json").write_text(json.dumps(checked))
        machine = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "AWS_CONFIG_FILE": str(home / "config"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": aws.url,
            "SAM_CLI_POLL_DELAY": "0.1",
        }
        command = ["make", "deploy", f"BUILT={artifacts.folder}", *typed]
        before = len(aws.requests)
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=machine | environ,
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Deployment(ended.returncode, ended.stdout, aws.requests[before:])

    return run
