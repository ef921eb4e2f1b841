"""The command behind `make deploy`."""

import argparse
import os
import sys
from pathlib import Path

from stack_deploy.account import NotReady
from stack_deploy.deployment import deploy


def main() -> int:
    parser = argparse.ArgumentParser(prog="stack_deploy", description=__doc__)
    parser.add_argument("--sam", type=Path, required=True, help="the sam command")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack's name")
    parser.add_argument("--arch", required=True, help="the architecture that was built")
    asked = parser.parse_args()
    built = Path(".aws-sam/build/template.yaml")
    if not built.exists():
        print("Nothing is built yet: make build.", file=sys.stderr)
        return 1
    try:
        return deploy(Path("template.yaml"), built, asked.sam, asked.arch, asked.stack, os.environ)
    except NotReady as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
