"""Prints a template as CloudFormation is given it. Run by the environment of aws-sam-cli."""

import json
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names no managed policy by its short name."""

    def load(self) -> dict[str, str]:
        return {}


template = yaml_parse(sys.stdin.read())
for resource in template["Resources"].values():
    # Code is uploaded by then, so its places are S3 addresses.
    for place in {"CodeUri", "ContentUri"} & set(resource["Properties"]):
        resource["Properties"][place] = "s3://bucket/key"
print(json.dumps(transform(template, {}, NoManagedPolicies())))
