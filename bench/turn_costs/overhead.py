"""The processor's time of our turns beside that of a bare server's."""

import random
from statistics import median

from chat_api.turns.turn import UNHURRIED
from store_costs.backend import Backend
from store_costs.conversation import Writer
from turn_costs.asking import Asker, served
from turn_costs.bare import BareServer, MemoryStore, bare_app
from turn_costs.client_time import ClientTime
from turn_costs.model import Words
from turn_costs.own import Own

# Of the threads, before a turn.
EARLIER = 10
WARMED = 5
# So many turns, of so many seconds each: as fast as they come, then about 200 tokens a second.
PACES = ((40, 0.0), (6, 2.5))


async def overhead(backend: Backend, words: Words, asker: Asker) -> list[float]:
    """Ours ÷ the bare server's at each pace, the AWS client's time included."""
    own, memory = Own(backend, words), MemoryStore()
    in_client = ClientTime(backend.client)
    number = 0

    async def measured(turns: int) -> tuple[float, float, float]:
        """The median seconds of our turns, of the AWS client in them, and of the bare server's."""
        nonlocal number
        ours, aws, bares = [], [], []
        for _ in range(turns):
            number += 1
            thread = await _filled(own, memory, number)
            bares.append(await asker.ask(bare, thread, {}))
            in_client.taken()
            ours.append(await asker.ask(address, thread, own.headers()))
            aws.append(in_client.taken())
        return median(ours), median(aws), median(bares)

    ratios = []
    async with (
        served(own.ungated(UNHURRIED)) as address,
        served(bare_app(BareServer(memory, words.run_config()))) as bare,
    ):
        await measured(WARMED)
        for turns, words.seconds in PACES:
            whole, client, spent = await measured(turns)
            ratios.append(whole / spent)
            print(
                f"{len(words.events)} events within {words.seconds} s: {whole / spent:.2f} times"
                f" the processor's time of a bare server, {(whole - client) / spent:.2f} times"
                f" without boto3's ({whole * 1000:.0f}, {spent * 1000:.0f} and"
                f" {client * 1000:.0f} ms)"
            )
    words.seconds = 0
    return ratios


async def _filled(own: Own, memory: MemoryStore, number: int) -> str:
    """A new thread of some turns, at both."""
    thread = own.new_thread()
    writer = Writer(thread.id, own.mint, random.Random(number))
    await own.fill(thread, writer, EARLIER)
    await memory.save_thread(thread, None)
    for kind in ("question", "answer") * EARLIER:
        await memory.add_thread_item(thread.id, writer.item(kind), None)
    return thread.id
