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
from turn_costs.model import Words

# Turns in a thread before the measured one.
EARLIER = 10
WARMED = 5
# (turns, seconds per turn): as fast as possible, then about 200 tokens a second.
PACES = ((40, 0.0), (6, 2.5))


async def overhead(backend: Backend, words: Words, client: TurnClient) -> list[float]:
    """Return our CPU time ÷ the bare server's at each pace, including the AWS client's."""
    own, memory = ChatApp(backend, words), MemoryStore()
    in_client = ClientTime(backend.client)
    number = 0

    async def measured(turns: int) -> tuple[float, float, float]:
        """Return the median seconds of our turns, of their AWS client, and of the bare server."""
        nonlocal number
        ours, aws, bares = [], [], []
        for _ in range(turns):
            number += 1
            thread = await _filled(own, memory, number)
            bares.append(await client.ask(bare, thread, {}))
            in_client.taken()
            ours.append(await client.ask(address, thread, own.headers()))
            aws.append(in_client.taken())
        return median(ours), median(aws), median(bares)

    ratios = []
    async with (
        served(own.ungated(UNHURRIED)) as address,
        served(bare_app(BareServer(memory, words.run_config()))) as bare,
    ):
        await measured(WARMED)
        for turns, words.seconds in PACES:
            whole, aws, spent = await measured(turns)
            ratios.append(whole / spent)
            print(
                f"{len(words.events)} events within {words.seconds} s: {whole / spent:.2f} times"
                f" the CPU time of a bare server, {(whole - aws) / spent:.2f} times"
                f" without boto3's ({whole * 1000:.0f}, {spent * 1000:.0f} and"
                f" {aws * 1000:.0f} ms)"
            )
    words.seconds = 0
    return ratios


async def _filled(own: ChatApp, memory: MemoryStore, number: int) -> str:
    """Create a thread of some turns in both stores and return its id."""
    thread = own.new_thread()
    writer = Writer(thread.id, own.mint, random.Random(number))
    await own.fill(thread, writer, EARLIER)
    await memory.save_thread(thread, None)
    for kind in ("question", "answer") * EARLIER:
        await memory.add_thread_item(thread.id, writer.item(kind), None)
    return thread.id
