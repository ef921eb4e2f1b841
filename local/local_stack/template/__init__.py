"""What template.yaml declares, read as CloudFormation and SAM read it."""

from local_stack.template.errors import TemplateError
from local_stack.template.reader import read_template
from local_stack.template.resources import (
    Bucket,
    Function,
    GatewayResponse,
    Route,
    Secret,
    Table,
    Template,
)

__all__ = [
    "Bucket",
    "Function",
    "GatewayResponse",
    "Route",
    "Secret",
    "Table",
    "Template",
    "TemplateError",
    "read_template",
]
