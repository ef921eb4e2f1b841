"""Wires the MCP function: settings, clients, the team's tools, handler.

The last import is the one line that names the team's package.
"""

from chatcore.cold_start import ready

# isort: split
import os

from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent

from chatcore.auth.keys import SecretsManagerKeys
from chatcore.auth.login import create_login_verifier
from chatcore.aws import AwsClients
from chatcore.logs import keep_library_text_out
from mcp_api.auth import AuthorizationServer
from mcp_api.routes import create_mcp_app
from mcp_api.server import McpServer
from mcp_api.settings import McpSettings
from task_tools.server import create_server

keep_library_text_out()
settings = McpSettings.from_environ(os.environ)
clients = AwsClients()


def _keys(secret_id: str) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: clients.secretsmanager, secret_id)


def _login() -> AuthorizationServer | None:
    """Return the login, or None if its tokens are not accepted here.

    Its tokens must name the MCP audience instead of the page's.
    """
    audience = settings.mcp_audience
    if audience is None:
        return None
    login_settings = settings.model_copy(update={"identity_audience": audience})
    identity = create_login_verifier(login_settings, _keys(settings.identity_secret_arn))
    return AuthorizationServer(identity, settings.identity_issuer, audience)


keys = _keys(settings.tool_secret_arn)
login = _login()
server = McpServer(create_server(os.environ, clients))


def handler(event: LambdaEvent, context: LambdaContext) -> dict[str, object]:
    """Answer one REST proxy event (API Gateway's own, or the chat function's direct Invoke)."""
    app = create_mcp_app(server, keys, allowed_origins=settings.allowed_origins, login=login)
    return Mangum(app, lifespan="on")(event, context)


ready()
