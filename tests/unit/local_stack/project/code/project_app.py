"""The functions of a small project that the tests run in the local stack."""

import asyncio
import json
import os
import urllib.request
from pathlib import Path

import boto3
from mangum import Mangum
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send


def secret(request: Request) -> JSONResponse:
    """Answer with the secret that has the ARN from the template."""
    client = boto3.client("secretsmanager")
    held = client.get_secret_value(SecretId=os.environ["SECRET"])["SecretString"]
    return JSONResponse({"secret": held})


def neighbor(request: Request) -> JSONResponse:
    """Invoke the other function with an invalid event, and answer with the error."""
    client = boto3.client("lambda")
    answer = client.invoke(FunctionName=os.environ["LIVE_FUNCTION"], Payload=b"{}")
    return JSONResponse({"error": answer.get("FunctionError")})


def model(request: Request) -> JSONResponse:
    """Answer with the models of the model's endpoint."""
    headers = {"Authorization": "Bearer any"}
    asked = urllib.request.Request(os.environ["MODEL_URL"] + "/models", headers=headers)
    with urllib.request.urlopen(asked) as answer:
        return JSONResponse(json.load(answer))


def bedrock_model(request: Request) -> JSONResponse:
    """Answer with what a model of Bedrock says, asked with the function's credentials."""
    # Only this route needs the library, whose import takes a second.
    from openai import OpenAI
    from openai.providers.bedrock import bedrock

    with OpenAI(provider=bedrock(endpoint="runtime", api_key=None)) as client:
        answer = client.responses.create(model="openai.gpt-oss-120b", input="Thanks")
    return JSONResponse({"said": answer.output_text})


functions = (secret, neighbor, model, bedrock_model)
routes = [Route(f"/buffered/{each.__name__}", each) for each in functions]
buffered = Mangum(Starlette(routes=routes), lifespan="off")


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Stream a first chunk, and a second one once the test writes to the named pipe."""
    if scope["type"] != "http":
        return
    pipe = Path((await receive())["body"].decode())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    text = await asyncio.to_thread(pipe.read_text)
    await send({"type": "http.response.body", "body": text.encode()})
    await asyncio.to_thread(Path(f"{pipe}.done").touch)
