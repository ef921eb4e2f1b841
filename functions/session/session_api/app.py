"""Wires the session function: settings, clients, keys, application, handler."""

from chatcore.cold_start import ready

# isort: split
import os

from mangum import Mangum

from chatcore.aws import AwsClients
from chatcore.identity import SharedSecretIdentity
from chatcore.keys import SecretsManagerKeys
from chatcore.logs import keep_texts_out
from session_api.api import create_session_app
from session_api.settings import SessionSettings

keep_texts_out()
settings = SessionSettings.from_environ(os.environ)
clients = AwsClients()


def _keys(secret_id: str) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: clients.secretsmanager, secret_id)


app = create_session_app(
    SharedSecretIdentity(
        _keys(settings.identity_secret_arn),
        issuer=settings.identity_issuer,
        audience=settings.identity_audience,
    ),
    _keys(settings.session_secret_arn),
    allowed_origins=settings.allowed_origins,
)
handler = Mangum(app, lifespan="off")
ready()
