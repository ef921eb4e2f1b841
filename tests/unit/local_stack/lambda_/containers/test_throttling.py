"""An invocation beyond a limit of concurrency is refused and never runs."""

from typing import TYPE_CHECKING

import pytest

from local_stack.lambda_.concurrency import Concurrency, Throttled

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.containers.conftest import Running


async def test_an_invocation_beyond_the_limit_is_refused_until_another_ends(
    running: "Running", reports: list[str]
) -> None:
    async with running(concurrency=Concurrency(1)) as function:
        busy = function.hold()
        await busy.begun()
        with pytest.raises(Throttled):
            await function.invoke({})
        assert len(function.pids) == 1
        assert reports == ["Plain: throttled: ConcurrentInvocationLimitExceeded."]
        before = await busy.release()
        assert (await function.invoke({}))[1] == before


async def test_a_failed_start_frees_its_concurrency(running: "Running") -> None:
    async with running(concurrency=Concurrency(1)) as function:
        working_code = function.code.read_text()
        function.code.write_text("import nothing_of_this_name")
        assert (await function.invoke({}))[0].error is not None
        function.code.write_text(working_code)
        assert (await function.invoke({}))[0].error is None
