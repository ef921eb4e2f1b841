"""The CPU time of our turns compared with a bare server's."""

import random
from statistics import median

from chat_api.turns.turn import UNHURRIED
from store_costs.backend import Backend
from store_costs.conversation import Writer
from turn_costs.bare_server import BareServer, MemoryStore, bare_app
from turn_costs.chat_app import ChatApp
from turn_costs.client import TurnClient, served
from turn_costs.client_time import ClientTime
from turn_costs.model import PacedModel

# Turns in a thread before the measured one.
EARLIER_TURNS = 10
WARM_UP_TURNS = 5
# (turns, seconds per turn): as fast as possible, then about 200 tokens a second.
PACES = ((40, 0.0), (6, 2.5))


async def overhead(backend: Backend, model: PacedModel, client: TurnClient) -> list[float]:
    """Return our CPU time ÷ the bare server's at each pace, including the AWS client's."""
    app = ChatApp(backend, model)
    memory = MemoryStore()
    aws_time = ClientTime(backend.client)
    number = 0

    async def measured(turns: int) -> tuple[float, float, float]:
        """Return the median seconds of our turns, of their AWS client, and of the bare server."""
        nonlocal number
        ours: list[float] = []
        aws: list[float] = []
        bare: list[float] = []
        for _ in range(turns):
            number += 1
            thread = await _filled(app, memory, number)
            bare.append(await client.ask(bare_address, thread, {}))
            aws_time.take()
            ours.append(await client.ask(address, thread, app.headers()))
            aws.append(aws_time.take())
        return median(ours), median(aws), median(bare)

    ratios = []
    async with (
        served(app.ungated(UNHURRIED)) as address,
        served(bare_app(BareServer(memory, model.run_config()))) as bare_address,
    ):
        await measured(WARM_UP_TURNS)
        for turns, seconds in PACES:
            model.seconds = seconds
            ours, aws, bare = await measured(turns)
            ratios.append(ours / bare)
            print(
                f"{len(model.events)} events within {seconds} s: {ours / bare:.2f} times"
                f" the CPU time of a bare server, {(ours - aws) / bare:.2f} times"
                f" without boto3's ({ours * 1000:.0f}, {bare * 1000:.0f} and"
                f" {aws * 1000:.0f} ms)"
            )
    model.seconds = 0
    return ratios


async def _filled(app: ChatApp, memory: MemoryStore, number: int) -> str:
    """Create a thread with EARLIER_TURNS turns in both stores and return its id."""
    thread = app.new_thread()
    writer = Writer(thread.id, app.mint, random.Random(number))
    await app.fill(thread, writer, EARLIER_TURNS)
    await memory.save_thread(thread, None)
    for kind in ("question", "answer") * EARLIER_TURNS:
        await memory.add_thread_item(thread.id, writer.item(kind), None)
    return thread.id
