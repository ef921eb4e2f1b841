"""Each artifact, with only its declared layers, answers an API Gateway event."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_stack.lambda_.answer import Answer
from local_stack.lambda_.function_process import environment_variables
from local_stack.lambda_.runtime_api import RuntimeApi
from local_stack.template import Function
from tests.waiting import PATIENCE

pytestmark = [
    pytest.mark.deep,
    pytest.mark.skipif(sys.platform != "linux", reason="the artifacts are for Linux"),
]

CALL = """
import importlib, json
module, _, name = {handler!r}.rpartition(".")
handler = getattr(importlib.import_module(module), name)
print(json.dumps(handler(json.load(sys.stdin), object())))
"""
STREAM = """
import runpy
sys.argv[1:] = ["/opt"]
runpy.run_module("lambda_stream", run_name="__main__")
"""
MAKE_CLIENTS = """
import functools
from chatcore.aws import AwsClients
for name, member in vars(AwsClients).items():
    if isinstance(member, functools.cached_property):
        print(name, getattr(AwsClients(), name).meta.service_model.service_name)
"""

type FunctionByName = Callable[[str], Function]
type Isolated = Callable[[Function, str], list[str]]
type Event = Callable[..., dict[str, Any]]


def run(command: list[str], env: dict[str, str], event: dict[str, Any] | None = None) -> str:
    return subprocess.run(
        command, env=env, input=json.dumps(event), stdout=subprocess.PIPE, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    ("name", "event_name", "status"),
    [
        ("SessionFunction", "health", 200),
        ("SessionFunction", "session-create", 401),
        ("McpFunction", "mcp-list-tools", 401),
    ],
)
def test_a_buffered_function_answers(
    function: FunctionByName,
    isolated: Isolated,
    event: Event,
    tmp_path: Path,
    name: str,
    event_name: str,
    status: int,
) -> None:
    code = CALL.format(handler=function(name).handler)
    env = environment_variables(function(name), "unused", {}, tmp_path)
    answer = run(isolated(function(name), code), env, event(event_name))
    assert json.loads(answer.splitlines()[-1])["statusCode"] == status


async def test_the_streaming_function_answers(
    function: FunctionByName, isolated: Isolated, event: Event, tmp_path: Path
) -> None:
    chatkit = function("ChatkitFunction")
    api = RuntimeApi()
    env = environment_variables(chatkit, await api.start(), {}, tmp_path)
    process = await asyncio.create_subprocess_exec(*isolated(chatkit, STREAM), env=env)
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await invoke(api, json.dumps(event("chatkit-list")).encode())
            answered = b"".join([chunk async for chunk in answer.chunks])
    finally:
        process.kill()
        await process.wait()
        await api.stop()
    prelude, _, body = answered.partition(b"\0" * 8)
    assert json.loads(prelude)["statusCode"] == 401
    assert json.loads(body)["code"] == "unauthenticated"


async def invoke(api: RuntimeApi, payload: bytes) -> Answer:
    return await api.invoke(
        payload,
        deadline_ms=round((time.time() + PATIENCE) * 1000),
        request_id="r",
        function_arn="arn:aws:lambda:eu-central-1:123456789012:function:ChatkitFunction",
        trace_id="",
    )


@pytest.mark.parametrize("name", ["SessionFunction", "ChatkitFunction", "McpFunction"])
def test_an_artifact_can_create_a_client_for_every_aws_service(
    function: FunctionByName, isolated: Isolated, tmp_path: Path, name: str
) -> None:
    env = environment_variables(function(name), "unused", {}, tmp_path)
    made = dict(
        line.split() for line in run(isolated(function(name), MAKE_CLIENTS), env).splitlines()
    )
    assert {"secretsmanager", "dynamodb", "lambda"} <= {*made.values()}


@pytest.mark.parametrize("name", ["SessionFunction", "ChatkitFunction", "McpFunction"])
def test_garbage_collection_is_enabled_after_a_function_is_imported(
    function: FunctionByName, isolated: Isolated, tmp_path: Path, name: str
) -> None:
    module = function(name).handler.rpartition(".")[0]
    code = f"import gc, {module}\nprint(gc.isenabled(), gc.get_freeze_count() > 0)"
    env = environment_variables(function(name), "unused", {}, tmp_path)
    assert run(isolated(function(name), code), env).split() == ["True", "True"]
