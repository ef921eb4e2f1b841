"""The error for a template."""

from local_stack.errors import StackError


class TemplateError(StackError):
    """The template is invalid, or contains something that the local stack does not support."""
