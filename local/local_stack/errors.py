"""What is told to the person at the keyboard."""


class StackError(Exception):
    """The stack cannot run; the message is a sentence for the person who started it."""
