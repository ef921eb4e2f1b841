"""Stands in for /var/runtime/bootstrap.py, with which the managed runtime starts a function.

It brings the search path into Lambda's order and runs AWS's own runtime client. The order, the
.pth files and what PYTHONPATH does to them follow the bootstrap.py of AWS's images for Python 3.11
and later.
"""

import os
import site
import sys
import sysconfig
from pathlib import Path

from awslambdaric.__main__ import main as run_client


def set_search_path(layers: Path) -> None:
    """Put the function's folders first. A function that sets PYTHONPATH names its layers itself."""
    task_root, runtime = os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_RUNTIME_DIR"]
    python = layers / "python"
    versioned = python / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    own, libraries = [task_root], [runtime]
    if "PYTHONPATH" not in os.environ:
        own += [str(versioned), str(python)]
        libraries.insert(0, sysconfig.get_path("purelib"))
        os.environ["PYTHONPATH"] = runtime
    first = [*own, *libraries]
    sys.path[:] = [*first, *(folder for folder in sys.path if folder not in first)]
    for folder in own:
        site.addsitedir(folder)


if __name__ == "__main__":
    set_search_path(Path(sys.argv[1]))
    run_client([os.environ["LAMBDA_TASK_ROOT"], os.environ["_HANDLER"]])
