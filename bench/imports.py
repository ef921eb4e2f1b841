"""Measures the imports of each artifact of `make build`: the code's own share of a cold start.

Each import runs in a fresh process that sees the artifact, its layers and the standard library. The
measure is CPU time, because other load affects it less. The cases alternate, and the fastest run of
each one counts, because other load only adds to it. Each import is compared with the same artifact
without bytecode, and with the floor: the libraries that the function needs. The exit status is 1 if
a limit is exceeded.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_stack.lambda_.function_process import environment_variables
from local_stack.template import Function, read_template

BUILT = Path(".aws-sam/build")
ROUNDS = 7
PARAMETERS = {
    "AllowedOrigins": "https://app.example.com",
    "IdentityIssuer": "login",
    "IdentityAudience": "app",
    "IdentitySharedSecret": "l" * 32,
    "OpenAIApiKey": "key",
}
FLOORS = {
    "ChatkitFunction": "chatkit.server",
    "SessionFunction": "boto3, mangum, pydantic, starlette.applications",
    "McpFunction": "mangum, mcp.server.mcpserver",
}
TIMED = """
import sys, time
sys.path[:0] = {folders!r}
started = time.process_time()
import {modules}
print(time.process_time() - started)
"""


@dataclass(frozen=True)
class Case:
    """One import of a function: its modules, the same without bytecode, or its floor."""

    function: Function
    modules: str
    folders: tuple[Path, ...]

    def seconds(self) -> float:
        """Run the import in a fresh process and return its CPU time."""
        folders = [str(folder.resolve()) for folder in self.folders]
        code = TIMED.format(folders=folders, modules=self.modules)
        command = [sys.executable, "-I", "-S", "-B", "-c", code]
        env = environment_variables(self.function, "unused", {}, BUILT)
        process = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
        return float(process.stdout.splitlines()[-1])


def without_bytecode(folder: Path, copies: Path) -> Path:
    """Return a copy of a built folder, without its bytecode."""
    copy = copies / folder.resolve().relative_to(BUILT.resolve())
    if not copy.exists():
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def cases(function: Function, copies: Path) -> Iterator[Case]:
    """Yield the function's import, the same without bytecode, and the floor."""
    module = function.handler.rpartition(".")[0]
    folders = (function.code, *(layer / "python" for layer in function.layers))
    yield Case(function, module, folders)
    yield Case(function, module, tuple(without_bytecode(each, copies) for each in folders))
    yield Case(function, FLOORS[function.name], folders)


def megabytes(function: Function) -> float:
    """Return the size of the function's artifact and layers."""
    folders = (function.code, *function.layers)
    sizes = (path.stat().st_size for each in folders for path in each.rglob("*") if path.is_file())
    return sum(sizes) / 2**20


def measure(functions: tuple[Function, ...]) -> dict[str, list[float]]:
    """Return the fastest run of each function's cases, in seconds."""
    with tempfile.TemporaryDirectory() as copies:
        all_cases = [case for each in functions for case in cases(each, Path(copies))]
        rounds = [[case.seconds() for case in all_cases] for _ in range(ROUNDS)]
    fastest: dict[str, list[float]] = {}
    for case, seconds in zip(all_cases, zip(*rounds, strict=True), strict=True):
        fastest.setdefault(case.function.name, []).append(min(seconds))
    return fastest


def main() -> int:
    functions = read_template(BUILT / "template.yaml", PARAMETERS).functions
    fastest = measure(functions)
    print(f"imports: CPU time, the fastest of {ROUNDS} fresh processes each")
    for function in functions:
        full, without, floor = fastest[function.name]
        print(
            f"  {function.name:16} {full * 1000:5.0f} ms"
            f"  {full / without:5.2f} of {without * 1000:.0f} ms without bytecode"
            f"  {full / floor:5.2f} of the floor ({FLOORS[function.name]}: {floor * 1000:.0f} ms)"
            f"  {megabytes(function):4.0f} MB with its layers"
        )
    chat = fastest["ChatkitFunction"]
    session = fastest["SessionFunction"]
    limits = [
        ("chat's import ÷ its floor", chat[0] / chat[2], 1.20),
        ("chat's import ÷ the same without bytecode", chat[0] / chat[1], 0.60),
        ("session's import ÷ chat's", session[0] / chat[0], 0.25),
    ]
    for name, ratio, limit in limits:
        verdict = "ok" if ratio <= limit else "EXCEEDED"
        print(f"  {name}: {ratio:.3f}, limit {limit:.2f}: {verdict}")
    return int(any(ratio > limit for _, ratio, limit in limits))


if __name__ == "__main__":
    sys.exit(main())
