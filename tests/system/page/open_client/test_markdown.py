"""The Markdown of a chat, without anything unsafe for the page."""

from collections.abc import Callable
from typing import Any

import pytest

type Pure = Callable[..., Any]
type Tree = str | dict[str, Any]


def html(trees: list[Tree]) -> str:
    """Return trees as short HTML."""
    return "".join(each if isinstance(each, str) else _element(each) for each in trees)


def _element(element: dict[str, Any]) -> str:
    name, attributes = element["name"], element["attributes"]
    opening = " ".join([name, *map(str, attributes.values())])
    inner = html(element["children"])
    return f"<{opening}>" if name in ("br", "hr") else f"<{opening}>{inner}</{name}>"


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("# A\n## B ##\n###### C #", "<h3>A</h3><h4>B</h4><h6>C</h6>"),
        ("####### no\n#no", "<p>####### no<br>#no</p>"),
        ("one\n# two\nthree", "<p>one</p><h3>two</h3><p>three</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("* a\n+ b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("3. a\n4. b", "<ol 3><li>a</li><li>b</li></ol>"),
        ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("- a\n\n  more\n- b", "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul>"),
        ("- a\nlazy", "<ul><li>a<br>lazy</li></ul>"),
        ("- a\n\nafter", "<ul><li>a</li></ul><p>after</p>"),
        ("- ```\n  x\n  ```", "<ul><li><pre>x</pre></li></ul>"),
        ("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("> - a\n\nb", "<blockquote><ul><li>a</li></ul></blockquote><p>b</p>"),
        ("```py\nx = *1*\n\ny\n```\nz", "<pre>x = *1*\n\ny</pre><p>z</p>"),
        ("~~~\n```\n~~~", "<pre>```</pre>"),
        ("````\n```\n````", "<pre>```</pre>"),
        ("```\nnot closed yet", "<pre>not closed yet</pre>"),
        ("a\n***\nb\n- - -", "<p>a</p><hr><p>b</p><hr>"),
        ("a\n---", "<p>a</p><hr>"),
        ("    four spaces", "<p>four spaces</p>"),
        ("[a]: https://x.org", "<p>[a]: <a https://x.org/>https://x.org</a></p>"),
        (
            "| a | b |\n|:-:|---|\n| *c* | d |",
            "<table><thead><tr><th center>a</th><th>b</th></tr></thead>"
            "<tbody><tr><td center><em>c</em></td><td>d</td></tr></tbody></table>",
        ),
        ("", ""),
        (" \n\t\n", ""),
        ("<script>\n\n<b>", "<p><script></p><p><b></p>"),
    ],
)
def test_text_is_parsed_into_blocks(pure: Pure, text: str, blocks: str) -> None:
    assert html(pure("markdown", text)) == blocks


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
        ("<b>a</b> &amp; &#106;", "<b>a</b> & j"),
        ("see https://x.org/a.", "see <a https://x.org/a>https://x.org/a</a>."),
        ("(https://x.org/a_(b))", "(<a https://x.org/a_(b)>https://x.org/a_(b)</a>)"),
        ("**https://x.org/a_b**", "<strong><a https://x.org/a_b>https://x.org/a_b</a></strong>"),
        (r"\https://x.org", r"\https://x.org"),
        ("[“a”](https://x.org/)", "<a https://x.org/>“a”</a>"),
        ("[a](https://x.org/ “b”)", "[a](<a https://x.org/>https://x.org/</a> “b”)"),
        ("[a](https://x.org”)", "[a](<a https://x.org/>https://x.org</a>”)"),
        ("<https://x.org”>", "<<a https://x.org/>https://x.org</a>”>"),
        ("xhttps://x.org h ht", "xhttps://x.org h ht"),
    ],
)
def test_inline_markdown_is_parsed(pure: Pure, text: str, nodes: str) -> None:
    assert html(pure("inlineTree", text)) == nodes


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
        "https://x.org”",
        "https://x.org\u2215y.org",
    ],
)
def test_harmful_address_is_not_a_link(pure: Pure, address: str) -> None:
    assert pure("safeLink", address) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.com”", "https://example.com"),
        ("https://example.com/a” they said", "https://example.com/a"),
        ("https://example.com\u2019s", "https://example.com"),
        ('https://example.com"', "https://example.com"),
        ("https://example.com'", "https://example.com"),
        ("https://example.com/a»", "https://example.com/a"),
        ("https://example.com\u2039", "https://example.com"),
        ("https://example.com」と", "https://example.com"),
        ("https://example.com』", "https://example.com"),
        ("https://example.com\uff09。", "https://example.com"),
        ("https://example.com】", "https://example.com"),
        ("https://example.com。", "https://example.com"),
        ("https://example.com\uff0c", "https://example.com"),
        ("https://example.com…", "https://example.com"),
        ("https://example.comを見て", "https://example.com"),
        ("https://example.com/b>", "https://example.com/b"),
        ("https://example.com/b`", "https://example.com/b"),
        ("https://example.com/b|", "https://example.com/b"),
        ("https://example.com/b!?.,:;", "https://example.com/b"),
        ("https://example.com/b_(c))", "https://example.com/b_(c)"),
        ("https://example.com/b]", "https://example.com/b"),
        ("https://example.com/b[1]", "https://example.com/b[1]"),
        ("https://example.com/b}).", "https://example.com/b"),
        ("https://example.com/b(c)).)", "https://example.com/b(c)"),
        ("https://example.com/b[c)]", "https://example.com/b[c)]"),
        ("https://example.com/wiki/日本", "https://example.com/wiki/日本"),
        ("https://münchen.example/straße", "https://münchen.example/straße"),
        ("https://日本.example", "https://日本.example"),
        ("https://例え.テスト/", "https://例え.テスト/"),
        ("https://example.com:8443/?a=1&b=%20#c", "https://example.com:8443/?a=1&b=%20#c"),
        ("https://[::1]:8000/", "https://[::1]:8000/"),
        ("https://”", ""),
    ],
)
def test_address_ends_before_the_surrounding_sentence(pure: Pure, text: str, address: str) -> None:
    assert pure("bareAddress", text)["address"] == address
