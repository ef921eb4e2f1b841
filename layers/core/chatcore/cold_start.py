"""Imported first by each `app.py`: holds the garbage collector back until `ready()`.

An import makes objects that stay for good, and the collector would go over all of them again and
again: an eighth of the chatkit function's import (`make bench`).
"""

import gc

gc.disable()


def ready() -> None:
    """Let the collector work again, on what is made from now on.

    What stands by now is set apart for good: going over the chatkit function's 200,000 objects
    would stop a stream for a tenth of a second. https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.freeze()
    gc.enable()
