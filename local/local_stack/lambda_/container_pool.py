"""The processes of one function, one for each invocation at the same time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from local_stack.errors import StackError
from local_stack.lambda_.answer import Answer
from local_stack.lambda_.code_changes import Code, fingerprint, sources
from local_stack.lambda_.concurrency import Concurrency, Throttled
from local_stack.lambda_.container import Container, ContainerOptions, StartFailed
from local_stack.template import Function, Template

_LIMIT = 4
# A process that has answered gets this many seconds to poll again, which usually takes
# milliseconds. Starting another process takes longer.
_GRACE = 0.25


class ContainerPool:
    """Invokes a function as Lambda does, with one invocation at a time in each process.

    When all processes are busy, another one starts, up to `limit`, which protects the machine.
    Beyond it, callers wait. `concurrency` refuses what Lambda itself would throttle. A process that
    died, timed out or has outdated code is replaced before the next invocation. The code of the
    `called` functions counts too, since a process may cache their answers. `report` is called with
    a sentence for each failed invocation.
    """

    def __init__(
        self,
        function: Function,
        options: ContainerOptions,
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
        self._idle: list[Container] = []
        self._all: dict[Container, Code] = {}
        self._sources = sources(function, *called)
        self._settling: dict[asyncio.Task[None], Answer] = {}

    @property
    def pids(self) -> set[int]:
        """The ids of the running processes."""
        return {container.pid for container in self._all if container.alive}

    async def warm(self) -> None:
        """Start a first process. Raise StackError when it does not start."""
        try:
            self._idle.append(await self._start())
        except StartFailed as error:
            log = self._options.log(self._function)
            raise StackError(f"{self._function.name} did not start: {error}; see {log}.") from error

    async def invoke(self, payload: bytes, trace_id: str) -> Answer:
        """Return once the function begins to answer; the answer contains any failure.

        Raise Throttled when the invocation exceeds a limit of concurrency.
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
        """End all processes and the answers that they are still sending."""
        for task in self._settling:
            task.cancel()
        await asyncio.gather(*self._settling, return_exceptions=True)
        await asyncio.gather(*(container.stop() for container in self._all))

    async def _invoke(self, payload: bytes, trace_id: str) -> Answer:
        await self._slots.acquire()
        try:
            container = await self._free_container()
            answer = await container.invoke(payload, trace_id)
        except StartFailed as failure:
            self._slots.release()
            answer = Answer()
            answer.end(failure.error)
            self._report_failure(answer)
            return answer
        except BaseException:
            self._slots.release()
            raise
        task = asyncio.create_task(self._settle(container, answer))
        self._settling[task] = answer
        task.add_done_callback(self._settling.pop)
        return answer

    async def _free_container(self) -> Container:
        answered = [task for task, answer in self._settling.items() if answer.ended.done()]
        if answered and not self._idle:
            await asyncio.wait(answered, timeout=self._grace, return_when=asyncio.FIRST_COMPLETED)
        code = fingerprint(self._sources)
        while self._idle:
            container = self._idle.pop()
            if container.alive and self._all[container] == code:
                return container
            await self._discard(container)
        return await self._start()

    async def _start(self) -> Container:
        # The fingerprint is taken before the process reads the code, so that no edit is missed.
        code = fingerprint(self._sources)
        container = await Container.started(self._function, self._options)
        self._all[container] = code
        return container

    async def _settle(self, container: Container, answer: Answer) -> None:
        try:
            reusable = await container.settled(answer)
            self._report_failure(answer)
            if reusable:
                self._idle.append(container)
            else:
                await self._discard(container)
        finally:
            self._slots.release()

    async def _discard(self, container: Container) -> None:
        await container.stop()
        self._all.pop(container, None)

    def _report_failure(self, answer: Answer) -> None:
        if answer.error is not None:
            log = self._options.log(self._function)
            error = answer.error
            self._report(f"{self._function.name}: {error.type}: {error.message} (see {log})")


def container_pools(
    template: Template,
    options: ContainerOptions,
    report: Callable[[str], None],
    concurrency: Concurrency,
) -> Mapping[str, ContainerPool]:
    """Return the container pool of every function of the template, by the function's name."""
    return {
        function.name: ContainerPool(
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
