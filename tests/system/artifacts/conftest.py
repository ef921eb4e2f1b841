"""The output of `make build`, read as SAM would deploy it."""

import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_stack.template import Function, read_template

ROOT = Path(__file__).parents[3]
# AWS's name for this machine's architecture. Artifacts of this architecture can run here.
NATIVE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
PARAMETERS = {
    "AllowedOrigins": "https://app.example.com",
    "IdentityIssuer": "login",
    "IdentityAudience": "app",
    "IdentitySharedSecret": "l" * 32,
    "OpenAIApiKey": "key",
}


@dataclass(frozen=True)
class Build:
    """The artifacts for one architecture."""

    folder: Path
    architecture: str
    functions: tuple[Function, ...]

    def artifacts(self) -> list[Path]:
        """Return the folders that become the functions and layers."""
        return [folder for folder in sorted(self.folder.iterdir()) if folder.is_dir()]


def make_build(folder: Path, architecture: str) -> Build:
    command = ["make", "build", f"ARCH={architecture}", f"BUILT={folder.relative_to(ROOT)}"]
    subprocess.run(command, cwd=ROOT, check=True)
    functions = read_template(folder / "template.yaml", PARAMETERS).functions
    return Build(folder, architecture, functions)


@pytest.fixture(scope="session")
def native() -> Build:
    """Return the artifacts that this machine can run."""
    return make_build(ROOT / ".aws-sam/build", NATIVE)


@pytest.fixture(scope="session")
def foreign() -> Build:
    """Return the artifacts for the other architecture."""
    other = "x86_64" if NATIVE == "arm64" else "arm64"
    return make_build(ROOT / ".aws-sam" / other, other)


@pytest.fixture(params=["native", "foreign"])
def build(request: pytest.FixtureRequest) -> Build:
    """Return the artifacts for each architecture in turn."""
    build: Build = request.getfixturevalue(request.param)
    return build


@pytest.fixture
def function(native: Build) -> Callable[[str], Function]:
    """Return a lookup by logical id, for functions whose code and layers are artifacts."""
    return {function.name: function for function in native.functions}.__getitem__


@pytest.fixture
def isolated() -> Callable[[Function, str], list[str]]:
    """Return a command that runs code in the same environment as a function.

    The search path contains only its artifact, its declared layers and the standard library, in
    Lambda's order and with their .pth files.
    """

    def command(function: Function, code: str) -> list[str]:
        layers = [layer / "python" for layer in function.layers]
        versioned = [layer / "lib" / "python3.13" / "site-packages" for layer in layers]
        folders = [str(folder) for folder in (function.code, *versioned, *layers)]
        path = (
            f"import site, sys; sys.path[:0] = {folders!r}; [*map(site.addsitedir, {folders!r})]\n"
        )
        return [sys.executable, "-I", "-S", "-c", path + code]

    return command
