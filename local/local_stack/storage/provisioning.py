"""The template's tables, secrets and buckets, created in the stand-ins through the AWS API."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local_stack.errors import StackError
from local_stack.template import Secret, Table, Template
from local_stack.template.names import REGION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

# These credentials are well-formed but invalid on AWS. Only the stand-in for Bedrock checks them.
ACCESS_KEY_ID = "AKIALOCALSTACK000000"
SECRET_ACCESS_KEY = "local"


def provision(template: Template, endpoint: str, dynamodb_endpoint: str) -> None:
    """Create what the template declares, and wait until each part is usable.

    Raise StackError with the name of a part that cannot be created.
    """
    session = boto3.Session(ACCESS_KEY_ID, SECRET_ACCESS_KEY, region_name=REGION)
    # Local requests must not go through a proxy.
    config = Config(proxies={})
    dynamodb = session.client("dynamodb", endpoint_url=dynamodb_endpoint, config=config)
    for table in template.tables:
        with _naming(table.name):
            _create_table(dynamodb, table)
    secrets = session.client("secretsmanager", endpoint_url=endpoint, config=config)
    for secret in template.secrets:
        with _naming(secret.name):
            _create_secret(secrets, secret)
    s3 = session.client("s3", endpoint_url=endpoint, config=config)
    for bucket in template.buckets:
        with _naming(bucket.name):
            s3.create_bucket(
                Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
    for client in (dynamodb, secrets, s3):
        client.close()


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"{name} cannot be created: {error}") from error


def _create_table(dynamodb: "DynamoDBClient", table: Table) -> None:
    dynamodb.create_table(**table.definition)
    dynamodb.get_waiter("table_exists").wait(TableName=table.name)
    if table.ttl_attribute:
        dynamodb.update_time_to_live(
            TableName=table.name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_attribute},
        )


def _create_secret(secrets: "SecretsManagerClient", secret: Secret) -> None:
    value = secret.value
    if value is None:
        value = secrets.get_random_password(**secret.generate)["RandomPassword"]
    secrets.create_secret(Name=secret.name, SecretString=value)
