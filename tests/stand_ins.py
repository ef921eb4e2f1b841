"""The local stand-ins for AWS and the model, and tokens signed with their secrets."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import httpx2

from chatcore.auth.keys import Key
from chatcore.auth.tokens import CLIENT_SECRET, TOOL_TOKEN
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from local_stack.login import LocalLogin
from local_stack.parameters import parameters
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template import Function, read_template
from local_stack.template.names import REGION

ROOT = Path(__file__).parents[1]


class StandIns:
    """The running stand-ins, which sign any token that a test needs."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = boto3.Session(ACCESS_KEY_ID, SECRET_ACCESS_KEY, region_name=REGION)

    def identity_token(self, user: str) -> str:
        answer = httpx2.post(f"{self.address}/local/token", json={"user": user}, trust_env=False)
        return str(answer.json()["token"])

    def client_secret(self, user: str) -> str:
        """Return the client_secret of a new session that the gate has recorded."""
        minted = CLIENT_SECRET.mint(self._key("SessionSecret"), user, sid="sess_1")
        client = self._session.client("dynamodb", endpoint_url=self.address)
        gate = Gate(GateTable(lambda: client, "SessionsTable"), Limits())
        gate.open_session(user, "sess_1", minted.expires_at)
        client.close()
        return minted.token

    def tool_token(self, user: str) -> str:
        return TOOL_TOKEN.mint(self._key("ToolSecret"), user, scope="tasks").token

    def _key(self, secret_id: str) -> Key:
        client = self._session.client("secretsmanager", endpoint_url=self.address)
        secret = client.get_secret_value(SecretId=secret_id)
        client.close()
        return Key(secret["VersionId"], secret["SecretString"])


def chat_function(address: str) -> Function:
    """Return the template's chat function, which uses the stand-ins at this address."""
    login = LocalLogin("https://login.local", "chatkit-local", "s" * 48)
    template = read_template(ROOT / "template.yaml", parameters({}, 8000, login, address))
    return next(each for each in template.functions if each.name == "ChatkitFunction")


@contextmanager
def running_stand_ins(host: str = "127.0.0.1", port: int = 0) -> Iterator[StandIns]:
    """Run `python -m local_stack stand-ins` during the block."""
    command = [sys.executable, "-m", "local_stack", "stand-ins"]
    command += ["--host", host, "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        status, _, address = process.stdout.readline().strip().partition(" ")
        # Read all further output, so that the pipe never fills up.
        rest = threading.Thread(target=process.stdout.read)
        rest.start()
        try:
            assert status == "ready"
            yield StandIns(address)
        finally:
            process.terminate()
            rest.join()
