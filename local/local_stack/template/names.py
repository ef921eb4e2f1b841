"""The local name and attributes of each resource."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from local_stack.template.conditions import evaluate
from local_stack.template.errors import TemplateError
from local_stack.template.intrinsics import Names
from local_stack.template.properties import text

REGION: Final = "eu-central-1"
ACCOUNT = "123456789012"
_REGION_AND_ACCOUNT = f"{REGION}:{ACCOUNT}"

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{_REGION_AND_ACCOUNT}:stack/local/1",
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}

# Types of resources that a local run does not need.
NOT_LOCAL = frozenset(
    {
        "AWS::ApiGateway::Account",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::Logs::MetricFilter",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
    }
)


def names_of(document: Mapping[str, Any], parameters: Mapping[str, str]) -> Names:
    """Return what Ref and GetAtt return for pseudo parameters, parameters and local resources.

    Raise TemplateError for an unsupported type of resource, for a name that is not plain text, and
    for an unsupported or undeclared condition.
    """
    refs = _PSEUDO_PARAMETERS | dict(parameters)
    names = Names(refs, {}, evaluate(document.get("Conditions", {}), refs))
    attributes = {}
    for name, resource in document["Resources"].items():
        kind = str(resource.get("Type"))
        if kind in NOT_LOCAL or not names.exists(resource):
            continue
        refs[name], arn = _ref_and_arn(name, kind, resource.get("Properties", {}))
        if arn:
            attributes[name, "Arn"] = arn
    return replace(names, attributes=attributes)


def _ref_and_arn(name: str, kind: str, properties: Mapping[str, Any]) -> tuple[str, str | None]:
    match kind:
        case "AWS::Serverless::Function":
            physical_name = text(name, "FunctionName", properties.get("FunctionName", name))
            return physical_name, f"arn:aws:lambda:{_REGION_AND_ACCOUNT}:function:{physical_name}"
        case "AWS::DynamoDB::Table":
            physical_name = text(name, "TableName", properties.get("TableName", name))
            return physical_name, f"arn:aws:dynamodb:{_REGION_AND_ACCOUNT}:table/{physical_name}"
        case "AWS::SecretsManager::Secret":
            # Without the random suffix this is a partial ARN, which also identifies the secret.
            physical_name = text(name, "Name", properties.get("Name", name))
            return f"arn:aws:secretsmanager:{_REGION_AND_ACCOUNT}:secret:{physical_name}", None
        case "AWS::S3::Bucket":
            default = f"local-{name}".lower()
            physical_name = text(name, "BucketName", properties.get("BucketName", default))
            return physical_name, f"arn:aws:s3:::{physical_name}"
        case "AWS::Serverless::LayerVersion":
            return f"arn:aws:lambda:{_REGION_AND_ACCOUNT}:layer:{name}:1", None
        case "AWS::Serverless::Api":
            return "local", None
    raise TemplateError(f"{name} has the type {kind}, which the local stack does not know")
