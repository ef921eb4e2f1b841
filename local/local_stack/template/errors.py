"""How a template is refused."""

from local_stack.errors import StackError


class TemplateError(StackError):
    """The template is wrong, or holds something that the local stack does not understand."""
