"""Texts that take a careless Markdown parser far longer than their length suggests."""

REPEATED = [
    "*",
    "_",
    "~",
    "`",
    "[",
    "]",
    "![",
    "](",
    "[](",
    "[a](",
    "[a](b ",
    '[x](https://x.org "',
    "](https://x.org ",
    "<",
    "<a",
    "<https://x.org",
    ">",
    "> ",
    "- ",
    "- a\n",
    "1. ",
    "#",
    "# ",
    "|",
    "a|b\n",
    "|a|\n|-|\n",
    "=\na\n",
    "[a]: b\n",
    "a* ",
    "*a ",
    "_a*",
    "**a*",
    "*a**",
    "*a _b ",
    "~~a ",
    "`` ` ",
    "&",
    "&amp;",
    "\\",
    "https://",
    "https://x.org ",
    "(https://x.org",
    "http://u@",
    "https://u@ ",
    "https://u@x.org)",
    "https://x.org漢",
    "https://x.org/漢",
    "https://漢.",
    "http://[",
    "http://%",
    "www.x.org)",
    "a@b.c ",
    "\n",
    "> a\n>\n",
    "a",
    "漢",
]

# Characters of the sentence around an address, so the parser backtracks over them.
TAILS = [
    ")",
    "]",
    "}",
    ")]}",
    "(",
    "()",
    ".",
    ",",
    ").",
    "'",
    '"',
    "*",
    "_",
    "…",
    "。",
    "\uff09",
    "」",
]


def repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def hostile(length: int) -> dict[str, str]:
    """Return texts of about this length, by their repeated part."""
    deep = length // 4
    steps = range(length)
    return (
        {text: repeated(text, length) for text in REPEATED}
        | addresses(length)
        | {
            "nested emphasis": "*a " * (length // 6) + "a* " * (length // 6),
            "nested emphasis without spaces": "*a" * deep + "b*" * deep,
            "one run of stars around a word": "*" * 2 * deep + "a" + "*" * 2 * deep,
            "nested brackets": "[" * 2 * deep + "]" * 2 * deep,
            "nested links": "[" * deep + "a" + "](https://x.org)" * (length // 20),
            "nested quotes": repeated(
                "".join(">" * depth + " a\n" for depth in range(150)), length
            ),
            "nested lists": "".join(" " * 2 * (at % 60) + "- a\n" for at in steps)[:length],
            "runs of backticks": " ".join("`" * (at % 200 + 1) for at in range(length // 100)),
            "dense paragraphs": repeated("`a` *b* " * 50 + "\n\n", length),
            "a wide table": "\n".join(["|a" * 80, "|-" * 80, *["|b" * 80] * (length // 160 - 2)]),
        }
    )


def addresses(length: int) -> dict[str, str]:
    """Return addresses of the maximum length with hostile ends or names before an `@`."""
    letters = "".join(chr(0x4E00 + at) for at in range(1990))
    blocks = {f"an address before {tail}": "http://a" + repeated(tail, 1990) for tail in TAILS} | {
        f"names of users before {tail}": "http://u@" * 100 + repeated(tail, 1100) for tail in TAILS
    }
    blocks["hosts of a thousand letters"] = f"http://{letters} "
    return {name: repeated(block, length) for name, block in blocks.items()}


PROSE = """Here is what I have found, and what I would do about it **this week**:

- The *second* report is late; [the first one](https://example.com/reports/1) came on Monday.
- Run `make report` again, and send the result to everyone on the list.

It takes an hour or two. If anything is missing, tell me which part, and I will look for it.

"""
