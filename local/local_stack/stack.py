"""The whole local stack."""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local_stack.bedrock import bedrock_account, bedrock_address
from local_stack.browser_guard import for_programs, host_names, only_hosts
from local_stack.gateway.access_log import AccessLog
from local_stack.gateway.app import Gateway
from local_stack.lambda_.concurrency import Concurrency
from local_stack.lambda_.environment_pool import EnvironmentPool, environment_pools
from local_stack.lambda_.execution_environment import EnvironmentOptions
from local_stack.lambda_.function_errors import errors_shown
from local_stack.lambda_.invoke_api import invoke_api
from local_stack.login import LocalLogin, with_login
from local_stack.model.bedrock.account import Account
from local_stack.page import with_page
from local_stack.parameters import allowed_origins, needs_scripted_model, parameters
from local_stack.serving import address_of, listen, serving
from local_stack.storage.servers import StorageServers
from local_stack.subprocesses import free_port, server
from local_stack.supervisor import Supervisor
from local_stack.template import Template, read_template


@dataclass(frozen=True)
class Options:
    """The settings of a stack. Port 0 means any free port.

    `concurrency` limits the concurrent invocations of the emulated account; None means no limit.
    `report` is called with a line for each failure, `access` with one for each request but
    successful reads. BEDROCK_BASE_URL in the environment is the address of another stand-in for
    Amazon Bedrock, used instead of the scripted model.
    """

    template: Path
    logs: Path
    port: int
    environment: Mapping[str, str]
    report: Callable[[str], None]
    access: Callable[[str], None]
    concurrency: int | None = None


@asynccontextmanager
async def running_stack(options: Options) -> AsyncIterator[str]:
    """Start a stack, yield its address when it is ready, and end all its processes afterwards.

    All state is in memory, so each stack begins empty. Raise StackError when the stack cannot
    start. If one of its servers ends unexpectedly, cancel the block and then raise StackError.
    """
    async with AsyncExitStack() as running:
        supervisor = await running.enter_async_context(Supervisor())
        listener = running.enter_context(listen(options.port))
        login = LocalLogin("https://login.local", "chatkit-local", secrets.token_urlsafe(48))
        model = f"http://127.0.0.1:{free_port()}"
        port = listener.getsockname()[1]
        parameter_values = parameters(options.environment, port, login, model)
        template = read_template(options.template, parameter_values)
        origins = allowed_origins(parameter_values)
        _prepare_logs(options.logs)
        await running.enter_async_context(errors_shown(options.logs, options.report))
        storage = StorageServers(options.environment)
        servers: list[AbstractAsyncContextManager[None]] = [
            storage.running(template, options.logs, supervisor)
        ]
        if needs_scripted_model(options.environment):
            servers.append(_scripted_model(model, bedrock_account(template), options, supervisor))
        await _run_concurrently(*(running.enter_async_context(each) for each in servers))
        bedrock = options.environment.get("BEDROCK_BASE_URL") or bedrock_address(model)
        functions = await _running_functions(running, template, storage, bedrock, options)
        gateway = Gateway(template, functions, options.report)
        running.push_async_callback(gateway.stop)
        page = with_page(options.template.parent / "web", gateway)
        app = only_hosts(with_login(login, page, origins), host_names(origins))
        await running.enter_async_context(serving(AccessLog(app, options.access), listener))
        yield address_of(listener)


async def _running_functions(
    running: AsyncExitStack,
    template: Template,
    storage: StorageServers,
    bedrock: str,
    options: Options,
) -> Mapping[str, EnvironmentPool]:
    """Return the functions by name, each with an environment that waits for its first event."""
    listener = running.enter_context(listen(0))
    environment_options = EnvironmentOptions(
        endpoints={
            name: _relayed(address, options.environment)
            for name, address in {
                "AWS_ENDPOINT_URL": storage.endpoint,
                "AWS_ENDPOINT_URL_DYNAMODB": storage.dynamodb_endpoint,
                "AWS_ENDPOINT_URL_LAMBDA": address_of(listener),
            }.items()
        }
        # Not relayed: its signatures cover the host and the path.
        | {"AWS_BEDROCK_BASE_URL": bedrock},
        home=Path(running.enter_context(tempfile.TemporaryDirectory())),
        logs=options.logs,
    )
    concurrency = Concurrency(options.concurrency)
    functions = environment_pools(template, environment_options, options.report, concurrency)
    for each in functions.values():
        running.push_async_callback(each.stop)
    app = AccessLog(invoke_api(functions, concurrency), options.access)
    await running.enter_async_context(serving(for_programs(app), listener))
    await _run_concurrently(*(each.warm() for each in functions.values()))
    return functions


def _scripted_model(
    address: str, account: Account, options: Options, supervisor: Supervisor
) -> AbstractAsyncContextManager[None]:
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "local_stack.model", "--end-with-stdin", "--port", port]
    command += ["--bedrock-account", account.model_dump_json()]
    url = f"{address}/v1/models"
    return server("model", command, options.environment, url, options.logs, supervisor)


async def _run_concurrently(*work: Coroutine[Any, Any, object]) -> None:
    """Run all until they end. If one fails, cancel the others and raise its error."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


def _relayed(address: str, environment: Mapping[str, str]) -> str:
    """Return the address, or RELAY/PORT if MONITORED_CALLS_RELAY names a relay for AWS calls."""
    relay = environment.get("MONITORED_CALLS_RELAY")
    return f"{relay}/{urlsplit(address).port}" if relay else address


def _prepare_logs(logs: Path) -> None:
    """Create the folder of the log files, and delete the files of an earlier run."""
    logs.mkdir(parents=True, exist_ok=True)
    for old in logs.glob("*.log"):
        old.unlink()
