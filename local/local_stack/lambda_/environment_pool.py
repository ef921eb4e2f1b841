"""The execution environments of one function, one for each concurrent invocation."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from local_stack.errors import StackError
from local_stack.lambda_.answer import Answer
from local_stack.lambda_.code_changes import Code, fingerprint, sources
from local_stack.lambda_.concurrency import Concurrency, Throttled
from local_stack.lambda_.execution_environment import (
    EnvironmentOptions,
    ExecutionEnvironment,
    StartFailed,
)
from local_stack.template import Function, Template

_LIMIT = 4
# An environment that has answered gets this many seconds to poll again, which usually takes
# milliseconds. Starting another one takes longer.
_GRACE = 0.25


class EnvironmentPool:
    """Invokes a function as Lambda does, with one invocation at a time in each environment.

    When all environments are busy, another one starts, up to `limit`, which protects the machine.
    Beyond it, callers wait. `concurrency` refuses what Lambda itself would throttle. An environment
    that died, timed out or has outdated code is replaced before the next invocation. The code of
    the `called` functions counts too, since an environment may cache their answers. `report` is
    called with a sentence for each failed invocation.
    """

    def __init__(
        self,
        function: Function,
        options: EnvironmentOptions,
        report: Callable[[str], None],
        concurrency: Concurrency,
        limit: int = _LIMIT,
        called: Sequence[Function] = (),
        *,
        grace: float = _GRACE,
    ) -> None:
        self._function = function
        self._options = options
        self._report = report
        self._concurrency = concurrency
        self._grace = grace
        self._slots = asyncio.Semaphore(limit)
        self._idle: list[ExecutionEnvironment] = []
        self._all: dict[ExecutionEnvironment, Code] = {}
        self._sources = sources(function, *called)
        self._settling: dict[asyncio.Task[None], Answer] = {}

    @property
    def pids(self) -> set[int]:
        """The process ids of the running environments."""
        return {environment.pid for environment in self._all if environment.alive}

    async def warm(self) -> None:
        """Start the first environment. Raise StackError when it does not start."""
        try:
            self._idle.append(await self._start())
        except StartFailed as error:
            log = self._options.log(self._function)
            raise StackError(f"{self._function.name} did not start: {error}; see {log}.") from error

    async def invoke(self, payload: bytes, trace_id: str) -> Answer:
        """Return once the function begins to answer; the answer contains any failure.

        Raise Throttled when the invocation exceeds a concurrency limit.
        """
        name = self._function.name
        try:
            self._concurrency.enter(name)
        except Throttled as throttled:
            self._report(f"{throttled}.")
            raise
        try:
            answer = await self._invoke(payload, trace_id)
        except BaseException:
            self._concurrency.leave(name)
            raise
        if answer.ended.done():
            self._concurrency.leave(name)
        else:
            answer.ended.add_done_callback(lambda _: self._concurrency.leave(name))
        return answer

    async def stop(self) -> None:
        """End all environments and the answers that they are still sending."""
        for task in self._settling:
            task.cancel()
        await asyncio.gather(*self._settling, return_exceptions=True)
        await asyncio.gather(*(environment.stop() for environment in self._all))

    async def _invoke(self, payload: bytes, trace_id: str) -> Answer:
        await self._slots.acquire()
        try:
            environment = await self._free_environment()
            answer = await environment.invoke(payload, trace_id)
        except StartFailed as failure:
            self._slots.release()
            answer = Answer()
            answer.end(failure.error)
            self._report_failure(answer)
            return answer
        except BaseException:
            self._slots.release()
            raise
        task = asyncio.create_task(self._settle(environment, answer))
        self._settling[task] = answer
        task.add_done_callback(self._settling.pop)
        return answer

    async def _free_environment(self) -> ExecutionEnvironment:
        answered = [task for task, answer in self._settling.items() if answer.ended.done()]
        if answered and not self._idle:
            await asyncio.wait(answered, timeout=self._grace, return_when=asyncio.FIRST_COMPLETED)
        code = fingerprint(self._sources)
        while self._idle:
            environment = self._idle.pop()
            if environment.alive and self._all[environment] == code:
                return environment
            await self._discard(environment)
        return await self._start()

    async def _start(self) -> ExecutionEnvironment:
        # The fingerprint is taken before the process reads the code, so that no edit is missed.
        code = fingerprint(self._sources)
        environment = await ExecutionEnvironment.start(self._function, self._options)
        self._all[environment] = code
        return environment

    async def _settle(self, environment: ExecutionEnvironment, answer: Answer) -> None:
        try:
            reusable = await environment.settled(answer)
            self._report_failure(answer)
            if reusable:
                self._idle.append(environment)
            else:
                await self._discard(environment)
        finally:
            self._slots.release()

    async def _discard(self, environment: ExecutionEnvironment) -> None:
        await environment.stop()
        self._all.pop(environment, None)

    def _report_failure(self, answer: Answer) -> None:
        if answer.error is not None:
            log = self._options.log(self._function)
            error = answer.error
            self._report(f"{self._function.name}: {error.type}: {error.message} (see {log})")


def environment_pools(
    template: Template,
    options: EnvironmentOptions,
    report: Callable[[str], None],
    concurrency: Concurrency,
) -> Mapping[str, EnvironmentPool]:
    """Return the pool of every function of the template, by the function's name."""
    return {
        function.name: EnvironmentPool(
            function,
            options,
            report,
            concurrency,
            called=list(_called(function, template.functions)),
        )
        for function in template.functions
    }


def _called(function: Function, others: Iterable[Function]) -> Iterable[Function]:
    """Return the functions that this one's environment variables name."""
    named = set(function.environment.values())
    return (other for other in others if named & {other.name, other.arn})
