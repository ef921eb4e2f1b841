"""Wires the session function: settings, clients, keys, application, handler."""

from chatcore.cold_start import ready

# isort: split
import os

from mangum import Mangum

from chatcore.auth.keys import SecretsManagerKeys
from chatcore.auth.login import create_login_verifier
from chatcore.aws import AwsClients
from chatcore.gate.gate import Gate
from chatcore.gate.table import GateTable
from chatcore.logs import keep_library_text_out
from session_api.routes import create_session_app
from session_api.sessions import Sessions
from session_api.settings import SessionSettings

keep_library_text_out()
settings = SessionSettings.from_environ(os.environ)
clients = AwsClients()


def _keys(secret_id: str) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: clients.secretsmanager, secret_id)


gate = Gate(GateTable(lambda: clients.dynamodb, settings.sessions_table), settings.limits)
login = create_login_verifier(settings, _keys(settings.identity_secret_arn))
sessions = Sessions(
    _keys(settings.session_secret_arn),
    gate,
    settings.limits,
    identity=login if settings.accept_identity_tokens else None,
)
app = create_session_app(
    login,
    sessions,
    allowed_origins=settings.allowed_origins,
)
handler = Mangum(app, lifespan="off")
ready()
