"""One execution environment of a function: a process that serves its invocations."""

import asyncio
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_stack.lambda_.answer import Answer, FunctionError
from local_stack.lambda_.function_process import command, environment_variables, unpack_layers
from local_stack.lambda_.runtime_api import RuntimeApi
from local_stack.subprocesses import end, spawn
from local_stack.template import Function

_STARTS_WITHIN = 60.0


@dataclass(frozen=True)
class EnvironmentOptions:
    """What an execution environment needs besides its code and the template.

    `endpoints` are the variables that point boto3 to the stand-ins. `home` is a folder for the
    processes and their layers, without any AWS configuration. `logs` is the folder of the log
    files.
    """

    endpoints: Mapping[str, str]
    home: Path
    logs: Path

    def log(self, function: Function) -> Path:
        return self.logs / f"{function.name}.log"


class StartFailed(Exception):
    """The process ended or timed out before it polled for its first event."""

    def __init__(self, error: FunctionError) -> None:
        super().__init__(f"{error.type}: {error.message}")
        self.error = error


class ExecutionEnvironment:
    """A process that runs one invocation at a time; `start` creates it."""

    def __init__(
        self, function: Function, api: RuntimeApi, process: asyncio.subprocess.Process
    ) -> None:
        self._function = function
        self._api = api
        self._process = process
        self._exited = asyncio.create_task(self._watch())
        self._deadline = 0.0

    @classmethod
    async def start(cls, function: Function, options: EnvironmentOptions) -> "ExecutionEnvironment":
        """Start a process and wait until it polls. Raise StartFailed or TemplateError."""
        opt = Path(tempfile.mkdtemp(prefix=f"{function.name}-", dir=options.home))
        unpack_layers(function, opt)
        api = RuntimeApi()
        address = await api.start()
        try:
            process = await spawn(
                command(function, opt),
                environment_variables(function, address, options.endpoints, options.home),
                options.log(function),
                function.code,
            )
        except OSError as error:
            await api.stop()
            message = f"{error.filename}: {error.strerror}"
            raise StartFailed(FunctionError.of("Runtime.ExitError", message)) from error
        except BaseException:
            await api.stop()
            raise
        environment = cls(function, api, process)
        try:
            await environment._wait_for_first_poll()
        except BaseException:
            await environment.stop()
            raise
        return environment

    @property
    def alive(self) -> bool:
        return not self._exited.done()

    @property
    def pid(self) -> int:
        return self._process.pid

    async def invoke(self, payload: bytes, trace_id: str) -> Answer:
        """Return once the function begins to answer; `settled` must be awaited afterwards."""
        self._deadline = asyncio.get_running_loop().time() + self._function.timeout
        return await self._api.invoke(
            payload,
            deadline_ms=round((time.time() + self._function.timeout) * 1000),
            request_id=str(uuid.uuid4()),
            function_arn=self._function.arn,
            trace_id=trace_id,
        )

    async def settled(self, answer: Answer) -> bool:
        """Wait for the end of the invocation, including any work after its answer.

        Return whether the process can be used again, which is false after its death or a timeout.
        """
        await asyncio.wait([answer.ended])
        in_time = await self._wait_for_poll(self._deadline)
        if not in_time and self.alive:
            self._process.kill()
        return in_time

    async def stop(self) -> None:
        """End the process; a running invocation ends with Runtime.ExitError."""
        await end(self._process)
        await self._exited
        await self._api.stop()

    async def _watch(self) -> None:
        status = await self._process.wait()
        cause = f"signal: {-status}" if status < 0 else f"exit status {status}"
        self._api.process_died(f"Runtime exited with error: {cause}")

    async def _wait_for_first_poll(self) -> None:
        if await self._wait_for_poll(asyncio.get_running_loop().time() + _STARTS_WITHIN):
            return
        if self._api.init_error is not None:
            raise StartFailed(self._api.init_error)
        if not self.alive:
            message = f"The process ended with {self._process.returncode} while it started"
            raise StartFailed(FunctionError.of("Runtime.ExitError", message))
        message = f"The process did not start within {_STARTS_WITHIN:.0f} seconds"
        raise StartFailed(FunctionError.of("Sandbox.Timedout", message))

    async def _wait_for_poll(self, deadline: float) -> bool:
        """Wait until the process polls for an event.

        Return False if it ends first, or if it has not polled by the deadline.
        """
        polled = asyncio.create_task(self._api.polled())
        seconds = deadline - asyncio.get_running_loop().time()
        await asyncio.wait(
            [polled, self._exited],
            timeout=max(seconds, 0),
            return_when=asyncio.FIRST_COMPLETED,
        )
        in_time = polled.done() and self.alive
        polled.cancel()
        return in_time
