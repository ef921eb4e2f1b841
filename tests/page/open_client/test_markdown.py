"""The Markdown that a chat needs, and nothing that a page would have to fear."""

from collections.abc import Callable
from typing import Any

import pytest

type Pure = Callable[..., Any]


def html(blocks: list[dict[str, Any]]) -> str:
    """Blocks in short: what their elements would be."""
    return "".join(_block(block) for block in blocks)


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "heading":
            return f"<h{block['level']}>{block['text']}</h{block['level']}>"
        case "quote":
            return f"<quote>{html(block['blocks'])}</quote>"
        case "list":
            name = "ul" if block["start"] is None else f"ol {block['start']}"
            items = "".join(f"<li>{html(item)}</li>" for item in block["items"])
            return f"<{name}>{items}</{name[:2]}>"
        case "rule":
            return "<hr>"
        case "code":
            return f"<pre>{block['text']}</pre>"
        case _:
            return f"<p>{block['text']}</p>"


def inline(nodes: list[dict[str, Any]]) -> str:
    return "".join(_inline(node) for node in nodes)


def _inline(node: dict[str, Any]) -> str:
    match node["type"]:
        case "text":
            return str(node["text"])
        case "code":
            return f"<code>{node['text']}</code>"
        case "break":
            return "<br>"
        case "link":
            return f"<a {node['href']}>{inline(node['children'])}</a>"
        case name:
            return f"<{name}>{inline(node['children'])}</{name}>"


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("one\r\ntwo\rthree", "<p>one\ntwo\nthree</p>"),
        ("# A\n## B ##\n###### C #", "<h1>A</h1><h2>B</h2><h6>C</h6>"),
        ("####### no\n#no", "<p>####### no\n#no</p>"),
        ("one\n# two\nthree", "<p>one</p><h1>two</h1><p>three</p>"),
        ("- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("* a\n+ b", "<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>"),
        ("3. a\n4. b", "<ol 3><li><p>a</p></li><li><p>b</p></li></ol>"),
        (
            "- a\n  - b\n    - c",
            "<ul><li><p>a</p><ul><li><p>b</p><ul><li><p>c</p></li></ul></li></ul></li></ul>",
        ),
        (
            "1. a\n  - b\n2. c",
            "<ol 1><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ol>",
        ),
        ("- a\n\n  more\n- b", "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul>"),
        ("- a\nlazy", "<ul><li><p>a\nlazy</p></li></ul>"),
        ("- a\n\nafter", "<ul><li><p>a</p></li></ul><p>after</p>"),
        ("- ```\n  x\n  ```", "<ul><li><pre>x</pre></li></ul>"),
        ("> a\n> > b\n> c", "<quote><p>a</p><quote><p>b</p></quote><p>c</p></quote>"),
        ("> - a\n\nb", "<quote><ul><li><p>a</p></li></ul></quote><p>b</p>"),
        ("```py\nx = *1*\n\ny\n```\nz", "<pre>x = *1*\n\ny</pre><p>z</p>"),
        ("~~~\n```\n~~~", "<pre>```</pre>"),
        ("````\n```\n````", "<pre>```</pre>"),
        ("```\nnot closed yet", "<pre>not closed yet</pre>"),
        ("a\n***\nb\n- - -", "<p>a</p><hr><p>b</p><hr>"),
        ("", ""),
        (" \n\t\n", ""),
        ("<script>\n\n<b>", "<p><script></p><p><b></p>"),
    ],
)
def test_text_falls_into_blocks(pure: Pure, text: str, blocks: str) -> None:
    assert html(pure("parseBlocks", text)) == blocks


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("*a* and _b_", "<em>a</em> and <em>b</em>"),
        ("**a** and __b__", "<strong>a</strong> and <strong>b</strong>"),
        ("***a***", "<em><strong>a</strong></em>"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
        ("*a **b*", "*a *<em>b</em>"),
        ("**a*", "*<em>a</em>"),
        ("*not closed", "*not closed"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("in*word*s", "in<em>word</em>s"),
        ("**„a“**b", "**„a“**b"),
        ("~~a~~ ~b~", "<del>a</del> ~b~"),
        ("`a *b*`", "<code>a *b*</code>"),
        ("`` a`b ``", "<code>a`b</code>"),
        ("`open *a*", "`open <em>a</em>"),
        (r"\*a\* \<b \x", r"*a* <b \x"),
        ("a\nb", "a<br>b"),
        ("[a *b*](https://x.org/)", "<a https://x.org/>a <em>b</em></a>"),
        ("[a](<https://x.org/y> 'title')", "<a https://x.org/y>a</a>"),
        ("[a](https://x.org/b_(c))!", "<a https://x.org/b_(c)>a</a>!"),
        ("[a](mailto:b@x.org)", "<a mailto:b@x.org>a</a>"),
        ("*[a*](https://x.org/)", "*<a https://x.org/>a*</a>"),
        (
            "[a [b](https://x.org/) c](https://y.org/)",
            "[a <a https://x.org/>b</a> c](<a https://y.org/>https://y.org/</a>)",
        ),
        ("[a](relative) [b](//x.org)", "[a](relative) [b](//x.org)"),
        ("[a]", "[a]"),
        ("![alt](https://x.org/i.png)", "!<a https://x.org/i.png>alt</a>"),
        ("<https://x.org/>", "<a https://x.org/>https://x.org/</a>"),
        ("<b>a</b> &amp; &#106;", "<b>a</b> &amp; &#106;"),
        ("see https://x.org/a.", "see <a https://x.org/a>https://x.org/a</a>."),
        ("(https://x.org/a_(b))", "(<a https://x.org/a_(b)>https://x.org/a_(b)</a>)"),
        ("xhttps://x.org h ht", "xhttps://x.org h ht"),
    ],
)
def test_lines_are_read_as_a_reader_means_them(pure: Pure, text: str, nodes: str) -> None:
    assert inline(pure("parseInline", text)) == nodes


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript\x00:alert(1)",
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://x.org/1",
        "view-source:https://x.org",
        "intent://x#Intent;scheme=javascript;end",
        "//x.org",
        "/relative",
        "#",
        "",
        "https:",
        "https://bank.com@evil.org",
        "https:\\\\x.org",
        "https://x.org/\u2028a",
        "\u00a0https://x.org",
    ],
)
def test_an_address_that_may_do_harm_is_no_link(pure: Pure, address: str) -> None:
    assert pure("safeLink", address) is None


@pytest.mark.parametrize("text", ["[" * 20_000, "*a _b " * 10_000, "`" * 9 + "``" * 9_999 + "a"])
def test_text_made_to_take_long_does_not(pure: Pure, text: str) -> None:
    # The bound is the test run's own: what is quadratic takes minutes here.
    pure("parseInline", text)
    pure("parseBlocks", "> " * 5_000 + text)
