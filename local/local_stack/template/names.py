"""The local name and attributes of each resource."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from local_stack.template.conditions import evaluate
from local_stack.template.errors import TemplateError
from local_stack.template.intrinsics import Names

REGION: Final = "eu-central-1"
ACCOUNT = "123456789012"
_ARN = f"{REGION}:{ACCOUNT}"

_PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{_ARN}:stack/local/1",
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
}

# Resources that a local run does not need.
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
    """Return what Ref and GetAtt return for the parameters and for each resource that exists.

    Raise TemplateError for a resource of an unsupported type.
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
            physical_name = str(properties.get("FunctionName", name))
            return physical_name, f"arn:aws:lambda:{_ARN}:function:{physical_name}"
        case "AWS::DynamoDB::Table":
            physical_name = str(properties.get("TableName", name))
            return physical_name, f"arn:aws:dynamodb:{_ARN}:table/{physical_name}"
        case "AWS::SecretsManager::Secret":
            # Without the random suffix this is a partial ARN, which also identifies the secret.
            return f"arn:aws:secretsmanager:{_ARN}:secret:{properties.get('Name', name)}", None
        case "AWS::S3::Bucket":
            physical_name = str(properties.get("BucketName", f"local-{name}".lower()))
            return physical_name, f"arn:aws:s3:::{physical_name}"
        case "AWS::Serverless::LayerVersion":
            return f"arn:aws:lambda:{_ARN}:layer:{name}:1", None
        case "AWS::Serverless::Api":
            return "local", None
    raise TemplateError(f"{name} has the type {kind}, which the local stack does not know")
