"""The command behind `make deploy`, which runs it at the top of the project."""

import argparse
import os
import sys
from pathlib import Path

from stack_deploy.account import NotReady
from stack_deploy.deployment import Project, deploy
from stack_deploy.make_variables import MakeVariables


def main() -> int:
    parser = argparse.ArgumentParser(prog="stack_deploy", description=__doc__)
    parser.add_argument("--sam", type=Path, required=True, help="the sam command")
    parser.add_argument("--built", type=Path, required=True, help="the folder of make build")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack's name")
    parser.add_argument("--arch", required=True, help="the architecture to build")
    parser.add_argument("--typed", default="", help="the variables of make's command line")
    asked = parser.parse_args()
    project = Project(
        template=Path("template.yaml"),
        built=asked.built / "template.yaml",
        samconfig=Path("samconfig.toml"),
        sam=asked.sam,
        arch=asked.arch,
    )
    try:
        return deploy(
            project, asked.stack, MakeVariables(os.environ, frozenset(asked.typed.split()))
        )
    except NotReady as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # Whatever CloudFormation has begun goes on without us; the next run finds its state.
        return 130


if __name__ == "__main__":
    sys.exit(main())
