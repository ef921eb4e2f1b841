"""AWS clients: created once, with bounded waits."""

from typing import Any

import pytest

from chatcore import __version__
from chatcore.aws import AwsClients

# Each service, with an operation that needs no arguments.
SERVICES = {
    "dynamodb": "list_tables",
    "functions": "list_functions",
    "s3": "list_buckets",
    "secretsmanager": "list_secrets",
    "ssm": "describe_parameters",
}


@pytest.mark.parametrize("service", SERVICES)
def test_each_client_is_created_once(aws: None, service: str) -> None:
    clients = AwsClients()
    assert getattr(clients, service) is getattr(clients, service)


@pytest.mark.parametrize("service", SERVICES)
def test_timeouts_and_retries_are_bounded(aws: None, service: str) -> None:
    config: Any = getattr(AwsClients(), service).meta.config
    assert config.connect_timeout <= 2
    assert config.read_timeout <= 30
    assert config.retries["mode"] == "standard"
    # SSM is called only while a function starts, which a failure would make unusable.
    assert config.retries["total_max_attempts"] <= (6 if service == "ssm" else 3)


@pytest.mark.parametrize("service", SERVICES)
def test_requests_carry_the_projects_user_agent(aws: None, service: str) -> None:
    client = getattr(AwsClients(), service)
    agents = []

    def note(request: Any, **_: Any) -> None:
        agents.append(request.headers["User-Agent"])

    client.meta.events.register("before-sign", note)
    getattr(client, SERVICES[service])()
    [agent] = agents
    assert agent.startswith(f"chatkit-on-lambda/{__version__} ")


def test_the_address_of_a_file_is_at_its_regions_host_and_signed_with_version_4(aws: None) -> None:
    asked = {"Bucket": "files", "Key": "images/a.png"}
    address = AwsClients().s3.generate_presigned_url("get_object", asked)
    assert address.startswith("https://files.s3.eu-central-1.amazonaws.com/images/a.png?")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in address
