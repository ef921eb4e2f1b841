"""The template in every partition of AWS: its ARNs and the result of AWS's linter."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CFN_LINT = Path(sys.executable).parent / "cfn-lint"
REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"]
# The partition that SAM's translator writes into its own ARNs.
PARTITIONS = {"eu-central-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
ARN = re.compile(r"\barn:(\$\{AWS::Partition\}|[^:]*):")
# These principals have the same name in every partition.
PRINCIPALS = {"apigateway.amazonaws.com", "lambda.amazonaws.com"}


@pytest.mark.parametrize("region", PARTITIONS)
def test_every_arn_names_the_partition_of_its_region(
    by_region: dict[str, dict[str, Any]], region: str
) -> None:
    named = set(ARN.findall(json.dumps(by_region[region])))
    assert named == {"${AWS::Partition}", PARTITIONS[region]}


def test_the_template_names_no_partition() -> None:
    named = set(ARN.findall((ROOT / "template.yaml").read_text()))
    assert named == {"${AWS::Partition}"}


def test_no_domain_is_specific_to_one_partition(translated: dict[str, Any]) -> None:
    domains = set(re.findall(r"[\w.$:{}-]*\.amazonaws\.com[\w.]*", json.dumps(translated)))
    assert domains == PRINCIPALS


@pytest.mark.deep
def test_the_linter_finds_nothing_in_any_region(
    by_region: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """Find problems that `sam validate --lint` misses, such as circular references (E3004).

    The linter checks both sides of every condition.
    """
    files = []
    for region, template in by_region.items():
        files.append(tmp_path / f"{region}.json")
        files[-1].write_text(json.dumps(template))
    done = subprocess.run(
        [CFN_LINT, "--regions", *REGIONS, "--template", *files], capture_output=True, text=True
    )
    assert done.stdout + done.stderr == ""
