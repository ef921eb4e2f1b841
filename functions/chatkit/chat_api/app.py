"""Wires the chatkit function: settings, clients, store, server, application.

The application runs under the streaming layer's runtime, or under any ASGI server. The last
import is the one line that names the team's package.
"""

from chatcore.cold_start import ready

# isort: split
import os
from functools import cache

import httpx2
from chatkit.store import NotFoundError

from chat_api.api.routes import create_chat_app
from chat_api.conversation.generated_images import with_image_generation
from chat_api.conversation.server import ConversationServer
from chat_api.conversation.thread_titles import ThreadTitles
from chat_api.dictation.transcriber import create_transcriber
from chat_api.listed_models import listed_models
from chat_api.model.endpoints import ApiKey, Endpoints
from chat_api.model.provider import ListedModels, create_run_config
from chat_api.settings import ChatSettings
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.server import external_server, internal_server
from chat_api.tools.toolset import ToolServers
from chatcore.auth.keys import SecretsManagerKeys
from chatcore.auth.login import create_login_verifier
from chatcore.aws import AwsClients
from chatcore.gate.gate import Gate
from chatcore.gate.table import GateTable
from chatcore.ids import TimeOrderedIds
from chatcore.logs import keep_library_text_out
from chatcore.thread_pools import KEYS
from task_assistant.agent import assistant

keep_library_text_out(client_errors=(NotFoundError,))
settings = ChatSettings.from_environ(os.environ)
clients = AwsClients()


def _keys(secret_id: str) -> SecretsManagerKeys:
    return SecretsManagerKeys(lambda: clients.secretsmanager, secret_id)


@cache
def external_transport() -> httpx2.AsyncBaseTransport:
    """Return the transport to other tool servers, created when one of them is first used."""
    return httpx2.AsyncHTTPTransport()


def _key_of(secret_id: str) -> ApiKey:
    """Return a function that reads the current key, so that a rotated key takes effect."""
    keys = _keys(secret_id)

    async def key() -> str:
        return (await KEYS.run(keys.current)).secret

    return key


table = ThreadsTable(lambda: clients.dynamodb, settings.threads_table)
blobs = Blobs(lambda: clients.s3, settings.files_bucket)
retention = Retention(settings.retention_days)
models = listed_models(settings, lambda: clients.ssm)
endpoints = Endpoints(_key_of)
provider = ListedModels(models, endpoints.client)
run_config = create_run_config(
    provider,
    history_tokens=settings.history_tokens,
    fallback=settings.model_fallback,
)
server = ConversationServer(
    DynamoStore(table, blobs, retention, TimeOrderedIds()),
    Transcript(table, blobs, retention),
    ToolServers(
        [
            internal_server(
                LambdaTransport(lambda: clients.functions, settings.mcp_function),
                _keys(settings.tool_secret_arn),
            ),
            *(external_server(each, _keys, external_transport) for each in settings.tool_servers),
        ]
    ),
    run_config,
    with_image_generation(assistant) if settings.image_generation else assistant,
    models=models,
    # Titles need no fallback: one that is late is made from the message's first words.
    namer=ThreadTitles(
        create_run_config(provider), model=settings.title_model or models.default
    ).title_for,
    history_tokens=settings.history_tokens,
    transcriber=create_transcriber(models, settings.transcription_model, endpoints.client),
)
login = create_login_verifier(settings, _keys(settings.identity_secret_arn))
gate = Gate(GateTable(lambda: clients.dynamodb, settings.sessions_table), settings.limits)
app = create_chat_app(
    server,
    gate,
    _keys(settings.session_secret_arn),
    identity=login if settings.accept_identity_tokens else None,
    allowed_origins=settings.allowed_origins,
    context_headers=settings.context_headers,
)
ready()
