"""The error that the commands print."""


class StackError(Exception):
    """The stack cannot run; the message is a sentence for the person who started it."""
