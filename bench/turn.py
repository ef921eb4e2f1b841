"""What a turn costs as a whole: its own time beside a bare server's, its requests and dollars.

Time: the processor's, of a turn of ours, its store on dynoxide, its gate and tools left out, ÷ one
of a bare ChatKit server with a store in memory; the same model that costs nothing, the same words,
over ASGI, in turns. What boto3 takes for its requests is told apart: a store in memory has none.
Requests: turns of ten seconds, run five times as fast, with the gate, its polls, the text so far,
the history and the items, in threads of several lengths. The exit status tells whether the promises
hold; 2 without dynoxide.
"""

import asyncio
import json
import os
import random
import sys
import time
from statistics import mean, median

import httpx2

from chat_api.turn import UNHURRIED, Pace
from chatcore.logs import logger
from store_costs.backend import Backend, find_dynoxide, running_backend
from store_costs.conversation import ANSWER_LENGTH, PROSE, Writer
from store_costs.meter import Spent
from turn_costs.bare import BareServer, MemoryStore, bare_app
from turn_costs.client_time import ClientTime
from turn_costs.model import Words
from turn_costs.own import Own, client_of

LENGTHS = (10, 100, 500)
WARMED, TIMED, METERED = 5, 40, 3
SECONDS, FASTER = 10.0, 5
WANTED_TIMES = 1.3
# Not reached yet; what the exit status holds.
MOST_TIMES = 1.6
QUESTION = {
    "content": [{"type": "input_text", "text": "And then?"}],
    "attachments": [],
    "inference_options": {},
}


async def ask(client: httpx2.AsyncClient, thread: str, headers: dict[str, str]) -> float:
    """The seconds that the processor spends on one turn."""
    params = {"thread_id": thread, "input": QUESTION}
    body = json.dumps({"type": "threads.add_user_message", "params": params})
    began = time.process_time()
    answer = await client.post("/chatkit", content=body, headers=headers)
    taken = time.process_time() - began
    assert answer.status_code == 200, answer.text
    assert '"error"' not in answer.text, answer.text
    return taken


async def overhead(backend: Backend, words: Words) -> float:
    """The processor's time of our turns, without the AWS client's, ÷ that of the bare server's."""
    own, memory = Own(backend, words), MemoryStore()
    threads = [await _filled(own, memory, number) for number in range(WARMED + TIMED)]
    in_client = ClientTime(backend.client)
    ours, aws, bare = [], [], []
    async with (
        client_of(own.ungated(UNHURRIED)) as own_client,
        client_of(bare_app(BareServer(memory, words.run_config()))) as bare_client,
    ):
        for thread in threads:
            bare.append(await ask(bare_client, thread, {}))
            in_client.taken()
            ours.append(await ask(own_client, thread, own.headers()))
            aws.append(in_client.taken())
    spent, requests = median(bare[WARMED:]), median(aws[WARMED:])
    whole = median(ours[WARMED:])
    ratio = (whole - requests) / spent
    print(
        f"a turn of {len(words.events)} events: {ratio:.2f} times the processor's time of a bare"
        f" server with a store in memory, wanted {WANTED_TIMES}; {whole / spent:.2f} times with"
        f" boto3's ({spent * 1000:.0f} ms the bare server's, {requests * 1000:.0f} ms boto3's)"
    )
    return ratio


async def _filled(own: Own, memory: MemoryStore, number: int) -> str:
    """A thread of ten turns, at both."""
    thread = own.new_thread()
    writer = Writer(thread.id, own.mint, random.Random(number))
    await own.fill(thread, writer, LENGTHS[0])
    await memory.save_thread(thread, None)
    for kind in ("question", "answer") * LENGTHS[0]:
        await memory.add_thread_item(thread.id, writer.item(kind), None)
    return thread.id


async def costs(backend: Backend, words: Words, turns: int) -> Spent:
    """The mean of what a turn of ten seconds spends in a thread of so many turns."""
    own = Own(backend, words)
    thread = own.new_thread()
    await own.fill(thread, Writer(thread.id, backend.store.mint, random.Random(turns)), turns)
    pace = Pace(UNHURRIED.asks / FASTER, UNHURRIED.writes / FASTER)
    spent = []
    async with client_of(own.gated(pace)) as client:
        words.seconds = SECONDS / FASTER
        backend.meter.taken()
        for _ in range(METERED):
            await ask(client, thread.id, own.headers())
            spent.append(backend.meter.taken())
        words.seconds = 0
    return Spent(
        mean(each.requests for each in spent),
        mean(each.s3_requests for each in spent),
        mean(each.read_units for each in spent),
        mean(each.write_units for each in spent),
    )


async def main() -> int:
    logger.setLevel("ERROR")
    dynoxide = find_dynoxide(os.environ)
    if dynoxide is None:
        print("There is no dynoxide here: npm ci, or name its binary in DYNOXIDE.")
        return 2
    words = Words(PROSE[:ANSWER_LENGTH])
    await words.prepare()
    async with running_backend(dynoxide) as backend:
        quick = await overhead(backend, words) <= MOST_TIMES
        made = {turns: await costs(backend, words, turns) for turns in LENGTHS}
    print(f"{'turns':>8}{'requests':>10}{'read units':>12}{'write units':>13}{'$ a million':>13}")
    for turns, spent in made.items():
        print(
            f"{turns:8}{spent.requests:10.1f}{spent.read_units:12.1f}{spent.write_units:13.1f}"
            f"{spent.dollars:13.2f}"
        )
    full, longest = made[LENGTHS[1]], made[LENGTHS[2]]
    # A poll more or less, and a page of the history.
    flat = longest.requests <= full.requests + 2 and longest.dollars <= full.dollars * 1.1
    print(f"  flat once the history is full: {flat}; below {MOST_TIMES} times: {quick}")
    return int(not (flat and quick))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
