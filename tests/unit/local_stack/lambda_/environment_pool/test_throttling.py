"""An invocation beyond a concurrency limit is refused and never runs."""

from typing import TYPE_CHECKING

import pytest

from local_stack.lambda_.concurrency import Concurrency, Throttled

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.environment_pool.conftest import Running


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
        first = await busy.release()
        # The same process answers again.
        assert (await function.invoke({}))[1] == first


async def test_a_failed_start_does_not_count_against_the_limit(running: "Running") -> None:
    async with running(concurrency=Concurrency(1)) as function:
        working_code = function.code.read_text()
        function.code.write_text("import no_such_module")
        assert (await function.invoke({}))[0].error is not None
        function.code.write_text(working_code)
        assert (await function.invoke({}))[0].error is None
