"""Hostile texts are shown quickly and hide nothing else in their thread."""

from typing import Any

from playwright.sync_api import expect

from tests.system.page.open_client.chat import FakeServiceChat, assistant_message, user_message
from tests.system.page.open_client.slow_markdown import PROSE, hostile, repeated

LONG = 64 * 1024
MEASURED = 20_000
# Each one nests or grows in a different way.
SHAPES = [
    "[",
    "> ",
    "`` ` ",
    "a* ",
    "- a\n",
    "|a|\n|-|\n",
    "nested emphasis",
    "nested links",
    "nested quotes",
    "nested lists",
    "a",
]

# Time to render each text, the best of several runs, because other processes also take time.
SLOW = """async ([prose, texts]) => {
  const { MarkdownView } = await import('/open-chatkit/markdown/render.js');
  const main = document.querySelector('main');
  const time = (text) => {
    const start = performance.now();
    const view = new MarkdownView();
    view.update(text);
    main.replaceChildren(view.element);
    main.getBoundingClientRect();
    return performance.now() - start;
  };
  const best = (text, rounds) => Math.min(...Array.from({ length: rounds }, () => time(text)));
  const bound = 5 * best(prose, 10);
  return Object.keys(texts).filter((name) => {
    for (let round = 0; round < 40; round += 1) if (time(texts[name]) <= bound) return false;
    return true;
  });
}"""


def test_no_hostile_text_takes_five_times_as_long_as_prose(chat: FakeServiceChat) -> None:
    prose = repeated(PROSE, MEASURED)
    assert chat.page.evaluate(SLOW, [prose, hostile(MEASURED)]) == []


def test_thread_shows_hostile_answers_and_later_items(chat: FakeServiceChat) -> None:
    texts = {name: text for name, text in hostile(LONG).items() if name in SHAPES}
    answers = [assistant_message(text, f"m{at}") for at, text in enumerate(texts.values())]
    chat.stored(*answers, user_message("And now?"))
    chat.mount(initialThread="thr_1")
    expect(chat.user_messages).to_have_text("And now?")
    expect(chat.answers).to_have_count(len(texts))
    shown = chat.answers.evaluate_all("all => all.map((each) => each.textContent.length)")
    assert {name: length for name, length in zip(texts, shown, strict=True) if not length} == {}


GROWN_AND_WHOLE = """async (texts) => {
  const { MarkdownView } = await import('/open-chatkit/markdown/render.js');
  return texts.map((text) => {
    const [grown, whole] = [new MarkdownView(), new MarkdownView()];
    for (let length = 1; length <= text.length; length += 1) grown.update(text.slice(0, length));
    whole.update(text);
    return [grown.element.innerHTML, whole.element.innerHTML];
  });
}"""
GROWING = [
    PROSE * 2,
    "a\n#\nb\n#c\n\n# d",
    "a\n1\n1.\n1. b\n\n   c\n2. d\ne",
    "p\na|b\n-|-\nc|d\n\nx|y\n-|-x",
    "- a\n- b\n\n- - -\n- c\n+ d\n\n\n1) e",
    "> a\nb\n> c\n\n> d\n\n```\n> e\n``\n```\nf",
    "one\r\ntwo\r\n\r\nthree\rfour",
    "~~~\na\n\nb\n~~~~ \n***\n**\n* c\n***\n\n    d\n\te",
    "\n\n  \n a\n\n\n b\n---\n===\n[c]: d\n[c]",
]


def test_growing_text_renders_like_the_whole_text(chat: FakeServiceChat) -> None:
    rendered: list[list[Any]] = chat.page.evaluate(GROWN_AND_WHOLE, GROWING)
    for grown, whole in rendered:
        assert grown == whole
