"""Wires the MCP function: settings, clients, tasks, tool server, handler."""

from chatcore.cold_start import ready

# isort: split
import os

from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent

from chatcore.auth.keys import SecretsManagerKeys
from chatcore.auth.login import connected_login
from chatcore.aws import AwsClients
from chatcore.ids import TimeOrderedIds
from chatcore.logs import keep_texts_out
from mcp_api.auth import AcceptedLogin
from mcp_api.routes import calling, create_mcp_app
from mcp_api.settings import McpSettings
from task_tools.service import Tasks
from task_tools.table import TasksTable
from task_tools.tools import create_server

keep_texts_out()
settings = McpSettings.from_environ(os.environ)
clients = AwsClients()


def _keys(secret_id: str) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: clients.secretsmanager, secret_id)


def _login() -> AcceptedLogin | None:
    """The login, whose tokens must name this audience instead of the page's."""
    audience = settings.mcp_audience
    if audience is None:
        return None
    ours = settings.model_copy(update={"identity_audience": audience})
    identity = connected_login(ours, _keys(settings.identity_secret_arn))
    return AcceptedLogin(identity, settings.identity_issuer, audience)


keys = _keys(settings.tool_secret_arn)
login = _login()
table = TasksTable(lambda: clients.dynamodb, settings.tasks_table)
server = create_server(Tasks(table, TimeOrderedIds()), calling)


def handler(event: LambdaEvent, context: LambdaContext) -> dict[str, object]:
    """Answer one REST proxy event (API Gateway's own, or the chat function's direct Invoke)."""
    app = create_mcp_app(server, keys, allowed_origins=settings.allowed_origins, login=login)
    return Mangum(app, lifespan="on")(event, context)


ready()
