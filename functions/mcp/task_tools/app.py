"""Wires the MCP function: settings, clients, tasks, tool server, handler."""

from chatcore.cold_start import ready

# isort: split
import os

from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent

from chatcore.aws import AwsClients
from chatcore.ids import TimeOrderedIds
from chatcore.keys import SecretsManagerKeys
from chatcore.logs import keep_texts_out
from task_tools.api import calling_user, create_mcp_app
from task_tools.settings import McpSettings
from task_tools.tasks import Tasks
from task_tools.tools import create_server

keep_texts_out()
settings = McpSettings.from_environ(os.environ)
clients = AwsClients()
keys = SecretsManagerKeys(lambda: clients.secretsmanager, settings.tool_secret_arn)
tasks = Tasks(lambda: clients.dynamodb, settings.tasks_table, TimeOrderedIds())
server = create_server(tasks, calling_user)


def handler(event: LambdaEvent, context: LambdaContext) -> dict[str, object]:
    """Answer one REST proxy event (API Gateway's own, or the chat function's direct Invoke)."""
    app = create_mcp_app(server, keys, allowed_origins=settings.allowed_origins)
    return Mangum(app, lifespan="on")(event, context)


ready()
