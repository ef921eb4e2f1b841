"""Everything that a function needs, at one address.

This is for functions that run elsewhere: under `sam local`, an ASGI server or a test. Functions
that they invoke through Lambda's Invoke API run here. The request's path selects storage, the
Invoke API, the model or the login.
"""

import secrets
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx2
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local_stack.bedrock import bedrock_address, stand_in_account
from local_stack.browser_guard import only_hosts, only_origins
from local_stack.gateway.access_log import AccessLog
from local_stack.lambda_.concurrency import Concurrency
from local_stack.lambda_.environment_pool import environment_pools
from local_stack.lambda_.execution_environment import EnvironmentOptions
from local_stack.lambda_.invoke_api import invoke_api
from local_stack.login import LocalLogin, with_login
from local_stack.model.app import create_app
from local_stack.model.bedrock.app import PATH as BEDROCK_PATH
from local_stack.parameters import parameters
from local_stack.serving import LOOPBACK, address_of, listen, serving
from local_stack.stack import Options
from local_stack.storage.servers import StorageServers
from local_stack.supervisor import Supervisor
from local_stack.template import read_template

_HOP_BY_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
_LONGEST_WAIT = 60.0
# The name of this machine inside a container (local/env.json).
_HOST_OF_CONTAINERS = "host.docker.internal"


def endpoint_variables(address: str) -> dict[str, str]:
    """Return the environment variables that point a function to the stand-ins at this address."""
    return {**_aws_variables(address), "OPENAI_BASE_URL": f"{address}/v1"}


def _aws_variables(address: str) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": address, "AWS_BEDROCK_BASE_URL": bedrock_address(address)}


@asynccontextmanager
async def running_stand_ins(options: Options, host: str = LOOPBACK) -> AsyncIterator[str]:
    """Start the stand-ins, yield their address, and end all their processes afterwards.

    `host` is the interface to listen on; a container may need one other than 127.0.0.1. The Invoke
    API starts environments when they are first needed. Raise StackError when a part cannot start.
    If one of its servers ends unexpectedly, cancel the block and then raise StackError.
    """
    async with AsyncExitStack() as running:
        supervisor = await running.enter_async_context(Supervisor())
        listener = running.enter_context(listen(options.port, host))
        address = address_of(listener)
        login = LocalLogin("https://login.local", "chatkit-local", secrets.token_urlsafe(48))
        port = listener.getsockname()[1]
        given = parameters(options.environment, port, login, address)
        template = read_template(options.template, given)
        options.logs.mkdir(parents=True, exist_ok=True)
        storage = StorageServers(options.environment)
        await running.enter_async_context(storage.running(template, options.logs, supervisor))
        home = Path(running.enter_context(tempfile.TemporaryDirectory()))
        environment_options = EnvironmentOptions(_aws_variables(address), home, options.logs)
        concurrency = Concurrency(options.concurrency)
        functions = environment_pools(template, environment_options, options.report, concurrency)
        for each in functions.values():
            running.push_async_callback(each.stop)
        client = await running.enter_async_context(
            httpx2.AsyncClient(trust_env=False, timeout=_LONGEST_WAIT)
        )
        model = create_app(account=stand_in_account(template))
        apps: dict[str, ASGIApp] = {
            "/2015-03-31/": invoke_api(functions, concurrency),
            "/2017-10-31/": invoke_api(functions, concurrency),
            "/v1/": model,
            f"{BEDROCK_PATH}/": model,
            "/": with_login(login, _storage(storage, client)),
        }
        app = only_hosts(only_origins(_by_path(apps)), [_HOST_OF_CONTAINERS])
        await running.enter_async_context(serving(AccessLog(app, options.access), listener))
        yield address


def _by_path(apps: Mapping[str, ASGIApp]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        of_path = next(app for start, app in apps.items() if scope["path"].startswith(start))
        await of_path(scope, receive, send)

    return app


def _storage(storage: StorageServers, client: httpx2.AsyncClient) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        dynamodb = request.headers.get("x-amz-target", "").startswith("DynamoDB_")
        endpoint = storage.dynamodb_endpoint if dynamodb else storage.endpoint
        query = scope["query_string"].decode("ascii")
        answer = await client.request(
            request.method,
            endpoint + scope["raw_path"].decode("ascii") + (f"?{query}" if query else ""),
            headers=_passed_on(request.headers.items()),
            content=await request.body(),
        )
        headers = dict(_passed_on(answer.headers.multi_items()))
        await Response(answer.content, answer.status_code, headers)(scope, receive, send)

    return app


def _passed_on(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
