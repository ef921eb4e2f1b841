"""Imported first by each `app.py`: pauses the garbage collector until `ready()`.

Imports create objects that live as long as the process. The collector would scan them repeatedly,
which takes an eighth of the chatkit function's import time (`make bench`).
"""

import gc

gc.disable()


def ready() -> None:
    """Resume garbage collection, for objects created from now on.

    Existing objects are exempt: scanning the chatkit function's 200,000 objects would pause a
    stream for a tenth of a second. https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.freeze()
    gc.enable()
