"""The effect of the process's state on its invocations."""

import asyncio
import re
from typing import TYPE_CHECKING

from local_stack.lambda_.runtime_api import RuntimeApi
from tests.loop_clock import LoopClock
from tests.unit.local_stack.lambda_.runtime_api.conftest import SECONDS

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.runtime_api.conftest import Caller, Client


async def test_a_polling_process_is_idle(
    api: RuntimeApi, caller: "Caller", client: "Client"
) -> None:
    assert not api.idle
    client.send("GET", "/invocation/next")
    await api.polled()
    assert api.idle
    running = asyncio.create_task(caller.invoke())
    await client.receive()
    assert not api.idle
    await client.ask("POST", "/invocation/one/response", body=b"{}")
    await running
    assert not api.idle
    client.send("GET", "/invocation/next")
    await api.polled()
    assert api.idle


async def test_invocations_wait_for_one_another(caller: "Caller", client: "Client") -> None:
    both = [asyncio.create_task(caller.invoke(request_id=name)) for name in ("one", "two")]
    for name in ("one", "two"):
        client.send("GET", "/invocation/next")
        assert (await client.receive())[1]["lambda-runtime-aws-request-id"] == name
        await client.ask("POST", f"/invocation/{name}/response", body=name.encode())
    assert [await caller.body(await running) for running in both] == [b"one", b"two"]


async def test_a_stream_can_time_out(
    caller: "Caller", client: "Client", loop_clock: LoopClock
) -> None:
    running = await caller.running(client)
    client.begin_stream(b"4\r\nsome\r\n")
    answer = await running
    assert await anext(answer.chunks) == b"some"
    loop_clock.skip(SECONDS)
    kind, message = await caller.error(answer)
    assert kind == "Sandbox.Timedout"
    assert re.fullmatch(r"RequestId: one Error: Task timed out after [\d.]+ seconds", message)


async def test_an_event_that_timed_out_is_not_delivered(
    caller: "Caller", client: "Client", loop_clock: LoopClock
) -> None:
    waiting = asyncio.create_task(caller.invoke(b"late"))
    await asyncio.sleep(0)
    loop_clock.skip(SECONDS)
    assert (await caller.error(await waiting))[0] == "Sandbox.Timedout"
    client.send("GET", "/invocation/next")
    running = asyncio.create_task(caller.invoke(b"in time"))
    assert (await client.receive())[2] == b"in time"
    running.cancel()


async def test_the_death_of_the_process_ends_running_and_waiting_invocations(
    api: RuntimeApi, caller: "Caller", client: "Client"
) -> None:
    running = await caller.running(client)
    client.begin_stream(b"4\r\nsome\r\n")
    waiting = asyncio.create_task(caller.invoke(request_id="two"))
    answer = await running
    assert await anext(answer.chunks) == b"some"
    api.process_died("signal: killed")
    for ended in (answer, await waiting):
        kind, message = await caller.error(ended)
        assert kind == "Runtime.ExitError"
        assert message.endswith("Error: signal: killed")


async def test_an_invocation_after_the_death_of_the_process_fails(
    api: RuntimeApi, caller: "Caller"
) -> None:
    api.process_died("signal: killed")
    kind, message = await caller.error(await caller.invoke())
    assert (kind, message) == ("Runtime.ExitError", "RequestId: one Error: signal: killed")


async def test_an_incomplete_answer_ends_when_the_process_polls_again(
    caller: "Caller", client: "Client", second_client: "Client"
) -> None:
    running = await caller.running(client)
    client.begin_stream(b"4\r\nsome\r\n")
    answer = await running
    assert await anext(answer.chunks) == b"some"
    client.writer.close()
    assert not answer.ended.done()
    second_client.send("GET", "/invocation/next")
    assert (await caller.error(answer))[0] == "Runtime.TruncatedResponse"


async def test_a_failed_start_ends_waiting_and_later_invocations(
    api: RuntimeApi, caller: "Caller", client: "Client"
) -> None:
    waiting = asyncio.create_task(caller.invoke())
    head = "Lambda-Runtime-Function-Error-Type: Runtime.ImportModuleError\r\n"
    assert await client.ask("POST", "/init/error", head, b'{"errorMessage": "no module"}') == 202
    failed = ("Runtime.ImportModuleError", "no module")
    assert await caller.error(await waiting) == failed
    api.process_died("exit status 1")
    assert await caller.error(await caller.invoke()) == failed
