"""Measures a whole turn: its CPU time compared with a bare server, its requests and its dollars.

Time: the CPU time of a turn with the store on dynoxide, without gate and tools, ÷ that of a bare
ChatKit server with a store in memory. Both use the same fake model and the same text, and uvicorn
serves both alternately to a client in another process. Requests: turns of ten seconds, run five
times as fast, with the gate, its polls, the snapshots, the history and the items, in threads of
several lengths. Dollars: what AWS charges for a turn, by list prices. The exit status is 1 if a
limit is exceeded, 2 without dynoxide.
"""

import asyncio
import os
import random
import sys
from pathlib import Path
from statistics import mean

from chat_api.turns.turn import UNHURRIED, Pace
from chatcore.auth.keys import REFRESH_SECONDS
from local_stack.template.document import load_document
from store_costs.backend import Backend, find_dynoxide, running_backend
from store_costs.conversation import ANSWER_LENGTH, PROSE, Writer
from store_costs.meter import Spent
from turn_costs.bill import SECRET_A_MONTH, Reads, Turn
from turn_costs.chat_app import ChatApp
from turn_costs.client import TurnClient, served
from turn_costs.model import PacedModel
from turn_costs.overhead import overhead
from turn_costs.turn_log import TurnLog

LENGTHS = (10, 100, 500)
METERED_TURNS = 3
TURN_SECONDS = 10.0
SPEED = 5
MAX_RATIO = 1.3
MEMORIES = (1024, 512)
# The secrets that each function's environment reads. The session function reads the login's secret,
# and so do the others if they accept its tokens.
SECRETS_READ = {"chatkit": 3, "session": 2, "mcp": 1}


async def costs(
    backend: Backend, model: PacedModel, client: TurnClient, turns: int, log: TurnLog
) -> Spent:
    """Return the mean cost of a ten-second turn in a thread of this many turns."""
    app = ChatApp(backend, model)
    thread = app.new_thread()
    await app.fill(thread, Writer(thread.id, backend.store.mint, random.Random(turns)), turns)
    pace = Pace(UNHURRIED.asks / SPEED, UNHURRIED.writes / SPEED)
    spent = []
    async with served(app.gated(pace)) as address:
        model.seconds = TURN_SECONDS / SPEED
        backend.meter.take()
        for _ in range(METERED_TURNS):
            log.begin()
            await client.ask(address, thread.id, app.headers())
            await log.turn_closed()
            spent.append(backend.meter.take())
        model.seconds = 0
    return Spent(
        mean(each.requests for each in spent),
        mean(each.s3_requests for each in spent),
        mean(each.read_units for each in spent),
        mean(each.write_units for each in spent),
    )


def print_bill(turn: Turn, turns: int) -> None:
    """Print the cost of a million turns, and the monthly cost of secrets."""
    for memory in MEMORIES:
        print(f"$ a million turns of {turn.seconds:.0f} s behind {turns} others, at {memory} MB:")
        items = list(turn.lines(memory))
        for item, dollars in [*items, ("all of these", sum(amount for _, amount in items))]:
            print(f"{dollars:10.2f}  {item}")
    secrets = load_document(Path("template.yaml"))["Resources"].values()
    number = sum(each["Type"] == "AWS::SecretsManager::Secret" for each in secrets)
    print(f"$ a month: {number * SECRET_A_MONTH:.2f} for {number} secrets, and for reading them")
    for function, secrets_read in SECRETS_READ.items():
        reads = Reads.of(secrets_read, REFRESH_SECONDS)
        print(
            f"{reads.dollars:10.2f}  one {function} environment, always busy: {reads.calls} calls"
        )


def access_line_bytes() -> int:
    """Return the approximate bytes of a request's line in the access log."""
    api = load_document(Path("template.yaml"))["Resources"]["Api"]["Properties"]
    return len(api["AccessLogSetting"]["Format"])


async def main() -> int:
    dynoxide = find_dynoxide(os.environ)
    if dynoxide is None:
        print("dynoxide was not found: run npm ci, or set DYNOXIDE to its binary.")
        return 2
    model = PacedModel(PROSE[:ANSWER_LENGTH])
    await model.prepare()
    log = TurnLog()
    log.listen()
    with TurnClient() as client:
        async with running_backend(dynoxide) as backend:
            ratios = await overhead(backend, model, client)
            costs_by_length = {
                turns: await costs(backend, model, client, turns, log) for turns in LENGTHS
            }
    within_ratio = max(ratios) <= MAX_RATIO
    print(f"{'turns':>8}{'requests':>10}{'read units':>12}{'write units':>13}{'$ a million':>13}")
    for turns, spent in costs_by_length.items():
        print(
            f"{turns:8}{spent.requests:10.1f}{spent.read_units:12.1f}{spent.write_units:13.1f}"
            f"{spent.dollars:13.2f}"
        )
    full = costs_by_length[LENGTHS[1]]
    longest = costs_by_length[LENGTHS[2]]
    # One more poll and one more page of history are allowed.
    flat = longest.requests <= full.requests + 2 and longest.dollars <= full.dollars * 1.1
    turn = Turn(TURN_SECONDS, client.received, log.size + access_line_bytes(), full.dollars)
    print_bill(turn, LENGTHS[1])
    print(f"  flat once the history is full: {flat}; within {MAX_RATIO} times: {within_ratio}")
    return int(not (flat and within_ratio))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
