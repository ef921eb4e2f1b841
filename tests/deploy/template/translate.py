"""Print a template as CloudFormation receives it in each region named on the command line.

Run it in aws-sam-cli's environment. The output is one JSON object whose keys are the regions.
"""

import json
import sys
from typing import Any

from samtranslator.translator.arn_generator import ArnGenerator
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """An empty list of managed policies, because the template names none by its short name."""

    def load(self) -> dict[str, str]:
        return {}


def translated(source: str, region: str) -> dict[str, Any]:
    """Return the template that CloudFormation receives in a region."""
    # The translator does the same with a boto3 session: the region determines the partition.
    ArnGenerator.BOTO_SESSION_REGION_NAME = region
    template = yaml_parse(source)
    for resource in template["Resources"].values():
        # The code has been uploaded by then, so its locations are S3 addresses.
        for name in {"CodeUri", "ContentUri"} & set(resource["Properties"]):
            resource["Properties"][name] = "s3://bucket/key"
    result: dict[str, Any] = transform(template, {}, NoManagedPolicies())
    return result


source = sys.stdin.read()
print(json.dumps({region: translated(source, region) for region in sys.argv[1:]}))
