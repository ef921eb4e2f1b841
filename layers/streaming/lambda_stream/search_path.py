"""The module search path, in the order that AWS's own runtime client sets up.

The managed runtime's bootstrap.py, which the exec wrapper replaces, puts these folders before all
others and reads the .pth files of the first three:
https://docs.aws.amazon.com/lambda/latest/dg/python-layers.html and, for the runtime's own
libraries, https://docs.aws.amazon.com/lambda/latest/dg/python-image.html. One thing differs:
when a function sets PYTHONPATH, bootstrap.py leaves out the layers. This client is in a layer, so
here the layers stay, and the function's own folders follow.
"""

import site
import sys
import sysconfig
from pathlib import Path

from lambda_stream.log import log_error


def complete_search_path(task_root: str, layers: Path, runtime_dir: str) -> None:
    """Put `sys.path` into Lambda's order and read the .pth files of the function and the layers.

    `layers` is the folder where the layers are unpacked. A .pth file that cannot be read is logged,
    and the function still starts.
    """
    python = layers / "python"
    versioned = python / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    function_folders = [task_root, str(versioned), str(python)]
    # The interpreter's own libraries move up, but only if it was started with them.
    libraries = [folder for folder in sys.path if folder == sysconfig.get_path("purelib")]
    first = [*function_folders, *libraries, runtime_dir]
    sys.path[:] = [*first, *(folder for folder in sys.path if folder not in first)]
    for folder in function_folders:
        try:
            site.addsitedir(folder)
        except Exception as error:
            log_error("a .pth file could not be read", error, with_message=True)
