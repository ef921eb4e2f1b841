"""No test measures real time or gives the code under test a short real deadline.

On a busy machine, a test like that fails although nothing is wrong. Pace, deadline and clock are
parameters. tests/waiting.py waits for other processes and threads.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# A busy machine may exceed any shorter deadline.
SHORTEST_DEADLINE = 60
# Real waits whose end is tested itself, so a slow machine cannot change the result.
ALLOWED = {
    # Its servers never finish their response.
    "unit/chatcore/test_jwk_set_connection.py": {"read_seconds"},
    # The clock of its event loop stops until the test moves it.
    "unit/lambda_stream/test_request_tasks.py": {"sleep"},
    # How long uvicorn keeps streams open that a test has left.
    "unit/local_stack/model/conftest.py": {"timeout_graceful_shutdown"},
}
# The clocks that all other tests use, and this file.
CLOCKS = {"waiting.py", "loop_clock.py", Path(__file__).name}
MEASURING = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time"}
TIME = re.compile(r"\btime\.time\(|datetime\.now\(")
DEADLINES = re.compile(r"timeout|patience|wait|^(read|connect)_seconds$")
# Types that declare a timeout of the template. They do not wait.
DECLARING = {"Function", "Route"}
WAITS = {"timeout", "wait_for", "wait", "join", "Timer", "call_later", "set_default_timeout"}


def numbers_of(tree: ast.Module) -> dict[str, float]:
    """Return the module's numeric constants."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if isinstance(node.value.value, int | float)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def number(node: ast.expr, known: dict[str, float]) -> float | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return None


def faults_of_call(call: ast.Call, known: dict[str, float]) -> Iterator[str]:
    whole = ast.unparse(call.func)
    name = whole.rpartition(".")[2]
    given = number(call.args[0], known) if call.args else None
    if name in DECLARING:
        return
    if whole in ("sleep", "time.sleep") or (whole == "asyncio.sleep" and given != 0):
        yield "sleep"
    if name in WAITS and given is not None and given < SHORTEST_DEADLINE:
        yield name
    for keyword in call.keywords:
        length = number(keyword.value, known)
        if keyword.arg and DEADLINES.search(keyword.arg) and length and length < SHORTEST_DEADLINE:
            yield keyword.arg
        if keyword.arg == "seconds" and length and length < 1:
            yield keyword.arg


def faults_of(source: str) -> Iterator[str]:
    """Yield the name of each function with which a test's source depends on real time."""
    tree = ast.parse(source)
    known = numbers_of(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from faults_of_call(node, known)
        if isinstance(node, ast.Attribute | ast.Name | ast.alias):
            name = {ast.Attribute: "attr", ast.Name: "id", ast.alias: "name"}[type(node)]
            if (used := getattr(node, name)) in MEASURING:
                yield used
        if isinstance(node, ast.Assert) and TIME.search(ast.unparse(node)):
            yield "assert on the time"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"setTimeout\([^\n]*, *[1-9]|wait_for_timeout", node.value)


def test_no_test_depends_on_how_fast_the_machine_is() -> None:
    found = {}
    for file in sorted(HERE.rglob("*.py")):
        name = str(file.relative_to(HERE))
        faults = set(faults_of(file.read_text())) - ALLOWED.get(name, set())
        if faults and file.name not in CLOCKS:
            found[name] = faults
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "assert time.monotonic() - begun < 2",
        "from time import perf_counter",
        "time.sleep(0.01)",
        "await asyncio.sleep(0.05)",
        "async with asyncio.timeout(5): pass",
        "WAIT = 5\nasync with asyncio.timeout(WAIT): pass",
        "assert ready.wait(5)",
        "Config(read_timeout=0.12)",
        "invoke(seconds=0.3)",
        "process.communicate(timeout=30)",
        "assert exp > time.time() + 300",
        "threading.Timer(0.4, go_on.set)",
        "page.evaluate('setTimeout(stop, 50)')",
    ],
)
def test_code_that_depends_on_real_time_is_found(source: str) -> None:
    assert list(faults_of(source))


def test_waiting_for_an_event_is_not_a_fault() -> None:
    waiting = "await event.wait()\nawait asyncio.sleep(0)\nprocess.wait(timeout=PATIENCE)"
    assert list(faults_of(waiting)) == []
