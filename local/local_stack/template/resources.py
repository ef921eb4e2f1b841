"""The parts of a template that the local stack stands in for, each as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Function:
    """A Lambda function; `timeout` in seconds, `memory` in MB."""

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
    """One method of one path; `timeout` in seconds, `method` is ANY for all that have no other."""

    path: str
    method: str
    function: str
    streaming: bool
    timeout: float


@dataclass(frozen=True)
class GatewayResponse:
    """How the API words an error of its own; what is None or empty stays as API Gateway has it."""

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
    """A secret: a fixed value, or the arguments with which one is generated."""

    name: str
    value: str | None
    generate: Mapping[str, Any]


@dataclass(frozen=True)
class Bucket:
    name: str


@dataclass(frozen=True)
class Template:
    parameters: Mapping[str, str]
    stage: str
    functions: tuple[Function, ...]
    routes: tuple[Route, ...]
    gateway_responses: Mapping[str, GatewayResponse]
    tables: tuple[Table, ...]
    secrets: tuple[Secret, ...]
    buckets: tuple[Bucket, ...]
