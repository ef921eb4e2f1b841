"""How Lambda's managed runtime starts a function's process.

Sources: AWS Lambda Developer Guide, "Working with Lambda environment variables" (the reserved
ones) and "Modifying the runtime environment" (wrapper scripts).
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local_stack.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template import Function, TemplateError
from local_stack.template.names import REGION

_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
# What a laptop needs to reach a model's endpoint on the internet; plain http goes without proxy.
_WAY_OUT = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")


def command(function: Function) -> list[str]:
    """The runtime's own command, behind the function's wrapper script where it names one.

    Raises TemplateError when no layer of the function holds the wrapper.
    """
    runtime = [sys.executable, "-m", "awslambdaric", function.handler]
    wrapper = function.environment.get(_WRAPPER)
    return [str(_in_layers(function, wrapper)), *runtime] if wrapper else runtime


def _in_layers(function: Function, wrapper: str) -> Path:
    inside = wrapper.removeprefix("/opt/")
    # Layers are unpacked in their order, so the last one with the file wins.
    for layer in reversed(function.layers):
        if (layer / inside).is_file():
            return layer / inside
    raise TemplateError(f"no layer of {function.name} holds {wrapper}")


def environment(
    function: Function, runtime_api: str, endpoints: Mapping[str, str], home: Path
) -> dict[str, str]:
    """A Lambda environment: its reserved variables, the template's, and nothing of the laptop's.

    `endpoints` are the variables that lead boto3 to the stand-ins; `home` is a folder without
    anybody's AWS configuration.
    """
    passed_on = {name: os.environ[name] for name in _WAY_OUT if name in os.environ}
    reserved = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        # Each function has credentials of its own, which only the token tells apart here.
        "AWS_SESSION_TOKEN": function.name,
        "HOME": str(home),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": str(function.code.resolve()),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }
    return {**passed_on, **function.environment, **reserved, **endpoints}
