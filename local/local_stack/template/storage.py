"""Tables, secrets and buckets of a template."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.errors import TemplateError
from local_stack.template.intrinsics import Names, resolve
from local_stack.template.properties import only, required, text
from local_stack.template.resources import Bucket, Secret, Table

_TABLE_USED = frozenset(
    {
        "AttributeDefinitions",
        "BillingMode",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "LocalSecondaryIndexes",
        "ProvisionedThroughput",
        "TimeToLiveSpecification",
    }
)
_TABLE_WITHOUT_EFFECT = frozenset(
    {
        "DeletionProtectionEnabled",
        "PointInTimeRecoverySpecification",
        "SSESpecification",
        "TableClass",
        "TableName",
        "Tags",
    }
)
_SECRET_USED = frozenset({"GenerateSecretString", "SecretString"})
_SECRET_WITHOUT_EFFECT = frozenset({"Description", "KmsKeyId", "Name", "Tags"})
_GENERATE_USED = frozenset(
    {
        "ExcludeCharacters",
        "ExcludeLowercase",
        "ExcludeNumbers",
        "ExcludePunctuation",
        "ExcludeUppercase",
        "IncludeSpace",
        "PasswordLength",
        "RequireEachIncludedType",
    }
)
_BUCKET_WITHOUT_EFFECT = frozenset(
    {
        "BucketEncryption",
        "BucketName",
        "CorsConfiguration",
        "LifecycleConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "VersioningConfiguration",
    }
)


def read_table(name: str, properties: Mapping[str, Any], names: Names) -> Table:
    definition = resolve(only(name, properties, _TABLE_USED, _TABLE_WITHOUT_EFFECT), names)
    ttl = {"Enabled": False, **definition.pop("TimeToLiveSpecification", {})}
    expires = text(name, "Enabled", ttl["Enabled"]) == "true"
    return Table(
        name=names.ref(name),
        definition={"TableName": names.ref(name), **definition},
        ttl_attribute=required(name, ttl, "AttributeName") if expires else None,
    )


def read_secret(name: str, properties: Mapping[str, Any], names: Names) -> Secret:
    supported = resolve(only(name, properties, _SECRET_USED, _SECRET_WITHOUT_EFFECT), names)
    if len(supported) != 1:
        raise TemplateError(f"{name} needs SecretString or GenerateSecretString, and only one")
    generate = only(name, supported.get("GenerateSecretString", {}), _GENERATE_USED, frozenset())
    return Secret(
        name=text(name, "Name", properties.get("Name", name)),
        value=required(name, supported, "SecretString") if "SecretString" in supported else None,
        generate=generate,
    )


def read_bucket(name: str, properties: Mapping[str, Any], names: Names) -> Bucket:
    only(name, properties, frozenset(), _BUCKET_WITHOUT_EFFECT)
    return Bucket(names.ref(name))
