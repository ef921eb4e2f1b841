"""The command behind `make deploy`, run in the root of the project."""

import argparse
import os
import sys
from pathlib import Path

from stack_deploy.account import NotReady
from stack_deploy.deployment import Project, deploy
from stack_deploy.make_variables import MakeVariables


def main() -> int:
    parser = argparse.ArgumentParser(prog="stack_deploy", description=__doc__)
    parser.add_argument("--sam", type=Path, required=True, help="path of the sam command")
    parser.add_argument("--built", type=Path, required=True, help="output folder of make build")
    parser.add_argument("--stack", required=True, help="name of the CloudFormation stack")
    parser.add_argument("--arch", required=True, help="architecture to build for")
    parser.add_argument("--typed", default="", help="names of the variables on make's command line")
    arguments = parser.parse_args()
    project = Project(
        template=Path("template.yaml"),
        built=arguments.built / "template.yaml",
        samconfig=Path("samconfig.toml"),
        sam=arguments.sam,
        arch=arguments.arch,
    )
    try:
        return deploy(
            project, arguments.stack, MakeVariables(os.environ, frozenset(arguments.typed.split()))
        )
    except NotReady as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # CloudFormation finishes what it has begun. The next run reads its state.
        return 130


if __name__ == "__main__":
    sys.exit(main())
