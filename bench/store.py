"""Measures the store: the requests, units, dollars and time of one message and its answer.

It runs in threads of several lengths, beside two other common designs, on dynoxide, which counts
units as DynamoDB does. It prints the mean cost of several turns, and the median time of each call
as a ratio to a bare GetItem of the same run. Rows that only a running turn and the model read are
counted separately. The exit status is 1 if a limit is exceeded, 2 without dynoxide.
"""

import asyncio
import os
import sys

from store_costs.backend import OWN, find_dynoxide, running_backend
from store_costs.comparison import TURNS, Comparison
from store_costs.measured import MAX_DOLLARS, MAX_REQUESTS, Turns
from store_costs.meter import READ_PRICE, WRITE_PRICE

LENGTHS = (20, 200, 2000)
HEAD = f"{'requests':>10}{'S3':>5}{'read units':>12}{'write units':>13}{'$ a million':>13}"


def line(turns: Turns) -> str:
    """Return one line of the table: the mean costs of the turns, and their time ratios."""
    if turns.full_at is not None:
        return f"    full at {turns.full_at} items: a row holds 400 KB"
    spent = turns.spent
    ratios = "".join(f"{ratio:9.2f}" for ratio in [*turns.ratios.values(), turns.whole_ratio])
    return (
        f"{spent.requests:10.1f}{spent.s3_requests:5.1f}{spent.read_units:12.1f}"
        f"{spent.write_units:13.2f}{spent.dollars:13.2f}   {ratios}"
    )


def head(title: str, turns: Turns) -> str:
    """Return the head of the table, with the names of the turns' calls."""
    calls = "".join(f"{name:>9}" for name in [*turns.measured_turns[0].seconds, "all"])
    return f"{title:20}{HEAD}   {calls}"


async def main() -> int:
    dynoxide = find_dynoxide(os.environ)
    if dynoxide is None:
        print("dynoxide was not found: run npm ci, or set DYNOXIDE to its binary.")
        return 2
    own_turns: dict[int, Turns] = {}
    answer_rows: dict[int, Turns] = {}
    print(
        f"store: means of {TURNS} turns; DynamoDB on demand in us-east-1, ${READ_PRICE} and"
        f" ${WRITE_PRICE} per million read and write units; time ÷ a bare GetItem, medians"
    )
    async with running_backend(dynoxide) as backend:
        for length in LENGTHS:
            comparison = Comparison(backend, length)
            turns_by_store = await comparison.measure_turns()
            own_turns[length] = turns_by_store[OWN]
            if length == LENGTHS[0]:
                print(head("items  a turn in", own_turns[length]))
            for name, turns in turns_by_store.items():
                print(f"{length:5}  {name:13}{line(turns)}", flush=True)
            answer_rows[length] = await comparison.measure_answer_rows()
    print(head("items  other rows of", answer_rows[LENGTHS[0]]))
    for length, turns in answer_rows.items():
        print(f"{length:5}  {'a 10 s answer':13}{line(turns)}")
    exceeded = [length for length in LENGTHS if not own_turns[length].within_limits]
    verdict = f"EXCEEDED at {exceeded} items" if exceeded else "ok"
    print(f"  limits: {MAX_REQUESTS} requests and ${MAX_DOLLARS:.2f}: {verdict}")
    return int(bool(exceeded))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
