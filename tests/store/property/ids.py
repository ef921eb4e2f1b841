"""Ids that a client may choose."""

from hypothesis import strategies as st

# The id that this store would have minted in 1970.
EPOCH_ID = "msg_00000000000000000000000000"
# Ids that are prefixes or encodings of one another, parts of keys, or too long for a key.
CHOSEN = [
    "",
    "a",
    "a#",
    "b",
    "c",
    "b#thread#c",
    "a/b",
    "a%2Fb",
    "%",
    "%23",
    "a0",
    "a\x00",
    "!",
    "\U0010ffff",
    "é",
    "e\u0301",
    "x" * 1500,
    "x" * 1501,
    "#" * 700,
    "msg_",
    EPOCH_ID,
    "thr_zzzzzzzzzzzzzzzzzzzzzzzzzz",
]
any_id = st.sampled_from(CHOSEN) | st.text(max_size=30) | st.text(min_size=400, max_size=600)
# Without encoding, part of one id's key could be mistaken for the other's.
CONFUSABLE = [["c", "b#thread#c"], ["b", "c"], ["a", "a#"], ["a/b", "a%2Fb"]]
thread_ids = st.sampled_from(CONFUSABLE) | st.lists(any_id, min_size=2, max_size=2, unique=True)
item_ids = st.lists(any_id, min_size=3, max_size=4, unique=True)
