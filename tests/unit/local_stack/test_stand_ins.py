"""The stand-ins at one address, used by another process."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import httpx2
import jwt
import pytest
from openai import OpenAI
from openai.providers.bedrock import bedrock

from local_stack.stand_ins import endpoint_variables
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template.names import REGION
from tests.stand_ins import ROOT, StandIns, running_stand_ins

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[StandIns]:
    with running_stand_ins() as stand_ins:
        yield stand_ins


@pytest.fixture
def session() -> boto3.Session:
    return boto3.Session(ACCESS_KEY_ID, SECRET_ACCESS_KEY, region_name=REGION)


@pytest.fixture
def lambda_client(stand_ins: StandIns, session: boto3.Session) -> "Iterator[LambdaClient]":
    client = session.client("lambda", endpoint_url=stand_ins.address)
    yield client
    client.close()


def test_the_tables_of_the_template_exist(stand_ins: StandIns, session: boto3.Session) -> None:
    client = session.client("dynamodb", endpoint_url=stand_ins.address)
    assert {"TasksTable", "ThreadsTable"} <= set(client.list_tables()["TableNames"])
    client.close()


def test_a_function_is_invoked_by_its_name(lambda_client: "LambdaClient") -> None:
    event = (ROOT / "events" / "mcp-add-task.json").read_bytes()
    answer = lambda_client.invoke(FunctionName="McpFunction", Payload=event)
    # The token of the event is invalid, so the function answers 401.
    assert json.loads(answer["Payload"].read())["statusCode"] == 401


def test_an_unknown_function_is_not_found(lambda_client: "LambdaClient") -> None:
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException):
        lambda_client.invoke(FunctionName="NoFunction")


def test_a_container_reaches_the_stand_ins_under_the_name_in_env_json(stand_ins: StandIns) -> None:
    headers = {"host": "host.docker.internal:8100"}
    answer = httpx2.get(f"{stand_ins.address}/moto-api/data.json", headers=headers, trust_env=False)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/moto-api/data.json",
        "/v1/models",
        "/openai/v1/responses",
        "/2015-03-31/functions/McpFunction/invocations",
    ],
)
@pytest.mark.parametrize(
    ("header", "status"),
    [
        (("host", "evil.example:8100"), 421),
        (("origin", "http://evil.example"), 403),
        (("sec-fetch-site", "cross-site"), 403),
    ],
)
def test_no_web_page_reaches_the_stand_ins(
    stand_ins: StandIns, path: str, header: tuple[str, str], status: int
) -> None:
    answer = httpx2.post(f"{stand_ins.address}{path}", headers=[header], trust_env=False)
    assert answer.status_code == status


def test_the_scripted_model_answers(stand_ins: StandIns) -> None:
    base = endpoint_variables(stand_ins.address)["OPENAI_BASE_URL"]
    request = {"model": "any", "input": "What can you do?"}
    headers = {"authorization": "Bearer any"}
    answer = httpx2.post(f"{base}/responses", json=request, headers=headers, trust_env=False)
    assert "tasks" in answer.text


@pytest.mark.parametrize(
    "key", [(ACCESS_KEY_ID, SECRET_ACCESS_KEY), ("defaultkey", "defaultsecret")]
)
def test_a_model_of_bedrock_answers_with_the_keys_of_sam_local(
    stand_ins: StandIns, key: tuple[str, str]
) -> None:
    provider = bedrock(
        endpoint="runtime",
        region="us-east-1",
        base_url=endpoint_variables(stand_ins.address)["AWS_BEDROCK_BASE_URL"],
        access_key_id=key[0],
        secret_access_key=key[1],
    )
    with OpenAI(provider=provider) as client:
        answer = client.responses.create(model="openai.gpt-oss-120b", input="Thanks")
    assert answer.output_text == "You are welcome!"


def test_the_login_issues_a_token_for_any_user(stand_ins: StandIns) -> None:
    claims = jwt.decode(stand_ins.identity_token("alice"), options={"verify_signature": False})
    assert claims["sub"] == "alice"


def test_env_json_points_to_the_default_port() -> None:
    parameters = json.loads((ROOT / "local" / "env.json").read_text())["Parameters"]
    assert endpoint_variables("http://host.docker.internal:8100").items() <= parameters.items()
