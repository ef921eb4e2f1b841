"""The stand-in for /var/runtime/bootstrap.py, which starts a function on the managed runtime.

It puts the search path into Lambda's order and runs AWS's own runtime client. The order, the .pth
files and the effect of PYTHONPATH follow the bootstrap.py of AWS's images since Python 3.11.
"""

import os
import site
import sys
import sysconfig
from pathlib import Path

from awslambdaric.__main__ import main as run_client


def set_search_path(layers: Path) -> None:
    """Put the function's folders first. A function that sets PYTHONPATH lists its layers there."""
    runtime = os.environ["LAMBDA_RUNTIME_DIR"]
    python = layers / "python"
    versioned = python / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    function_folders = [os.environ["LAMBDA_TASK_ROOT"]]
    libraries = [runtime]
    if "PYTHONPATH" not in os.environ:
        function_folders += [str(versioned), str(python)]
        libraries.insert(0, sysconfig.get_path("purelib"))
        os.environ["PYTHONPATH"] = runtime
    first = [*function_folders, *libraries]
    sys.path[:] = [*first, *(folder for folder in sys.path if folder not in first)]
    for folder in function_folders:
        site.addsitedir(folder)


if __name__ == "__main__":
    set_search_path(Path(sys.argv[1]))
    run_client([os.environ["LAMBDA_TASK_ROOT"], os.environ["_HANDLER"]])
