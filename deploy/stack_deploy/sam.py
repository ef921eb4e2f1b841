"""Runs `sam deploy`, which creates or changes the stack."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack_deploy.parameter_file import parameter_file


@dataclass(frozen=True)
class Sam:
    """`sam deploy` of one stack in one region. `config` is its samconfig.toml."""

    command: Path
    config: Path
    built: Path
    stack: str
    region: str
    environ: Mapping[str, str]

    def deploy(self, values: Mapping[str, str], *, ask: bool = True) -> int:
        """Deploy with these parameter values and return sam's exit status.

        The status is also 0 if the user declines the change set.
        """
        with tempfile.TemporaryDirectory() as folder:
            # The file is readable only by its owner. Arguments are visible to every process.
            file = Path(folder) / "parameters.yaml"
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(parameter_file(values))
            arguments = self.arguments(file) + ([] if ask else ["--no-confirm-changeset"])
            return subprocess.run(arguments, env=self._environment()).returncode

    def arguments(self, parameters: Path) -> list[str]:
        # Without --config-file, sam looks for its configuration beside the built template.
        return [
            *(str(self.command), "deploy", "--config-file", str(self.config.absolute())),
            *("--template-file", str(self.built), "--stack-name", self.stack),
            *("--region", self.region, "--parameter-overrides", f"file://{parameters}"),
        ]

    def _environment(self) -> dict[str, str]:
        return {**self.environ, "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
