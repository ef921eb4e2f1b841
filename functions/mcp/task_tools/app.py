"""Wires the MCP function: settings, clients, tasks, tool server, handler."""

from chatcore.cold_start import ready

# isort: split
import os

from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent

from chatcore.aws import AwsClients
from chatcore.ids import TimeOrderedIds
from chatcore.keys import SecretsManagerKeys
from chatcore.login import connected_login
from chatcore.logs import keep_texts_out
from task_tools.api import calling, create_mcp_app
from task_tools.callers import Login
from task_tools.settings import McpSettings
from task_tools.table import TasksTable
from task_tools.tasks import Tasks
from task_tools.tools import create_server

keep_texts_out()
settings = McpSettings.from_environ(os.environ)
clients = AwsClients()


def _keys(secret_id: str) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: clients.secretsmanager, secret_id)


def _login() -> Login | None:
    """The login, whose tokens must name this audience instead of the page's."""
    audience = settings.mcp_audience
    if audience is None:
        return None
    ours = settings.model_copy(update={"identity_audience": audience})
    identity = connected_login(ours, _keys(settings.identity_secret_arn))
    return Login(identity, settings.identity_issuer, audience)


keys = _keys(settings.tool_secret_arn)
login = _login()
table = TasksTable(lambda: clients.dynamodb, settings.tasks_table)
server = create_server(Tasks(table, TimeOrderedIds()), calling)


def handler(event: LambdaEvent, context: LambdaContext) -> dict[str, object]:
    """Answer one REST proxy event (API Gateway's own, or the chat function's direct Invoke)."""
    app = create_mcp_app(server, keys, allowed_origins=settings.allowed_origins, login=login)
    return Mangum(app, lifespan="on")(event, context)


ready()
