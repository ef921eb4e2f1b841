"""The parts of a template that the local stack runs, each as a frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Function:
    """A Lambda function. `timeout` is in seconds, `memory` in MB."""

    name: str
    arn: str
    code: Path
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str]
    layers: tuple[Path, ...]


@dataclass(frozen=True)
class Route:
    """One method of one path; ANY means all methods without their own. `timeout` is in seconds."""

    path: str
    method: str
    function: str
    streaming: bool
    timeout: float


@dataclass(frozen=True)
class GatewayResponse:
    """The template's version of a gateway error. None or empty keeps API Gateway's default."""

    status: int | None
    headers: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A DynamoDB table: the arguments of `create_table`, and the attribute of its TTL."""

    name: str
    definition: Mapping[str, Any]
    ttl_attribute: str | None


@dataclass(frozen=True)
class Secret:
    """A secret: a fixed value, or the arguments for generating one."""

    name: str
    value: str | None
    generate: Mapping[str, Any]


@dataclass(frozen=True)
class Bucket:
    """An S3 bucket."""

    name: str


@dataclass(frozen=True)
class Template:
    """All parts of a template that the local stack runs. `stage` is the name of the API's stage."""

    parameters: Mapping[str, str]
    stage: str
    functions: tuple[Function, ...]
    routes: tuple[Route, ...]
    gateway_responses: Mapping[str, GatewayResponse]
    tables: tuple[Table, ...]
    secrets: tuple[Secret, ...]
    buckets: tuple[Bucket, ...]
