"""The command, variables and layers with which the managed runtime starts a process.

Sources: AWS Lambda Developer Guide, "Working with Lambda environment variables" (the reserved
ones) and "Modifying the runtime environment" (wrapper scripts).
"""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template import Function, TemplateError
from local_stack.template.names import REGION

# The real files' bytecode is not linked. Python writes new bytecode beside the links.
_BYTECODE = shutil.ignore_patterns("__pycache__")
_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
# A developer's machine may need these to reach a model on the internet. HTTP_PROXY is not among
# them, because only local addresses use plain HTTP.
_INTERNET = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")


def unpack_layers(function: Function, opt: Path) -> None:
    """Fill the folder `opt` as Lambda fills /opt, layer after layer, so the last file wins.

    Raise TemplateError when a layer does not exist.
    """

    def link(source: str, target: str) -> None:
        Path(target).unlink(missing_ok=True)
        Path(target).symlink_to(Path(source).resolve())

    for layer in function.layers:
        if not layer.is_dir():
            raise TemplateError(f"{function.name} has a layer that does not exist: {layer}")
        shutil.copytree(layer, opt, copy_function=link, ignore=_BYTECODE, dirs_exist_ok=True)


def command(function: Function, opt: Path) -> list[str]:
    """Return the runtime's command, started by the function's wrapper script if it names one.

    `opt` holds the function's layers. Raise TemplateError when none of them has the wrapper.
    """
    runtime = [sys.executable, "-m", "local_stack.lambda_.bootstrap", str(opt)]
    wrapper = function.environment.get(_WRAPPER)
    if wrapper is None:
        return runtime
    unpacked = opt / wrapper.removeprefix("/opt/")
    if not unpacked.is_file():
        raise TemplateError(f"no layer of {function.name} contains {wrapper}")
    return [str(unpacked), *runtime]


def session_token(function: str) -> str:
    """Return the token of a function's temporary credentials.

    On AWS, each function has its own credentials. Here only the token differs.
    """
    return function


def environment_variables(
    function: Function, runtime_api: str, endpoints: Mapping[str, str], home: Path
) -> dict[str, str]:
    """Return the environment variables of a function's process.

    They are Lambda's reserved ones, the template's, and a few of this machine's. `endpoints` are
    the variables that point AWS's clients to the stand-ins; `home` is a folder without any AWS
    configuration.
    """
    passed_on = {name: os.environ[name] for name in _INTERNET if name in os.environ}
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
        "AWS_SESSION_TOKEN": session_token(function.name),
        "HOME": str(home),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": str(function.code.resolve()),
        "LANG": "en_US.UTF-8",
        "PATH": os.environ.get("PATH", os.defpath),
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }
    return {**passed_on, **function.environment, **reserved, **endpoints}
