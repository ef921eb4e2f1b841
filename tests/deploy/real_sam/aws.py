"""An AWS account over HTTP for the real `sam`: moto, and the few operations that moto lacks."""

import io
import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import yaml
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
MANAGED_STACK = "aws-sam-cli-managed-default"
MANAGED_TEMPLATE = """
Resources:
  SamCliSourceBucket: {Type: "AWS::S3::Bucket"}
Outputs:
  SourceBucket: {Value: !Ref SamCliSourceBucket}
"""
FORBIDDEN = "403 Forbidden", {"Message": "not authorized to perform lambda:GetAccountSettings"}


@dataclass(frozen=True)
class Request:
    """A signed request, as AWS receives it."""

    access_key: str
    region: str
    operation: str
    parameters: dict[str, str]


@dataclass
class Aws:
    """All services in all regions, implemented by moto. `requests` records every request.

    moto has four gaps, which this class fills:

    - Its Lambda has no GetAccountSettings. The response is `concurrency`; None refuses the request.
    - Its CloudFormation reads no template from a path-style address, applies no SAM transform and
      has no secrets, so ExecuteChangeSet fails for the whole template. Instead, it receives only
      the tables of the template that `sam` uploaded, with every parameter and condition.
    - It loses the outputs of a stack that a change set creates, and `sam` needs the outputs of
      the stack with its bucket. `ready_for_sam` creates that stack beforehand.
    - A second change set for a stack in review creates a second stack of the same name.
    """

    url: str = ""
    concurrency: dict[str, int] | None = None
    requests: list[Request] = field(default_factory=list)
    _moto: Any = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope and scope["key"] != "fixture":
            request = _request(environ, body, scope)
            self.requests.append(request)
            if request.operation == "lambda GetAccountSettings":
                return self._account_settings(start_response)
            if request.operation == "cloudformation CreateChangeSet":
                body = self._with_tables_only(request)
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer

    def client(self, service: str, region: str) -> Any:
        """Return a client whose requests are not recorded."""
        session: Any = boto3.session.Session("fixture", "fixture", region_name=region)
        return session.client(service, endpoint_url=self.url)

    def ready_for_sam(self, region: str) -> None:
        """Create the stack with the artifact bucket, as an earlier `sam deploy` would have."""
        tags = [{"Key": "ManagedStackSource", "Value": "AwsSamCli"}]
        self.client("cloudformation", region).create_stack(
            StackName=MANAGED_STACK, TemplateBody=MANAGED_TEMPLATE, Tags=tags
        )

    def _account_settings(self, start_response: Any) -> list[bytes]:
        limits = self.concurrency
        status, answer = ("200 OK", {"AccountLimit": limits}) if limits else FORBIDDEN
        headers = [("Content-Type", "application/json")]
        start_response(status, [*headers, ("x-amzn-ErrorType", "AccessDeniedException")])
        return [json.dumps(answer).encode()]

    def _with_tables_only(self, request: Request) -> bytes:
        parameters = dict(request.parameters)
        if parameters["ChangeSetType"] == "CREATE":
            in_review = self.client("cloudformation", request.region)
            in_review.delete_stack(StackName=parameters["StackName"])
        _, bucket, key = urlsplit(parameters.pop("TemplateURL")).path.split("/", 2)
        stored = self.client("s3", request.region).get_object(Bucket=bucket, Key=key)
        template = yaml.safe_load(stored["Body"].read())
        parameters["TemplateBody"] = json.dumps(
            {
                "Parameters": template["Parameters"],
                "Conditions": template["Conditions"],
                "Resources": {
                    name: resource
                    for name, resource in template["Resources"].items()
                    if resource["Type"] == "AWS::DynamoDB::Table"
                },
            }
        )
        return urlencode(parameters).encode()


def _request(environ: dict[str, Any], body: bytes, scope: re.Match[str]) -> Request:
    path = environ["PATH_INFO"]
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    parameters = dict(parse_qsl(body.decode(), keep_blank_values=True)) if form else {"path": path}
    action = parameters.get("Action", environ["REQUEST_METHOD"])
    if path.endswith("/account-settings"):
        action = "GetAccountSettings"
    return Request(scope["key"], scope["region"], f"{scope['service']} {action}", parameters)


@contextmanager
def running_aws() -> Iterator[Aws]:
    """Serve an empty AWS on a free port during the block."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    aws = Aws()
    server = make_server("127.0.0.1", 0, aws, threaded=True, request_handler=MotoRequestHandler)
    aws.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield aws
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
