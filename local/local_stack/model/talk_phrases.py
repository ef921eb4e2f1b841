"""Talk that needs no tool, as patterns over one clause."""

import re

from local_stack.model.intents import SmallTalk, Topic

_PHRASES: tuple[tuple[Topic, str], ...] = (
    (
        "tell name",
        r"(?:my name(?: is|['\u2019]s)|i(?: am|['\u2019]m) called|(?:you can )?call me)"
        r" (?P<name>.+)",
    ),
    (
        "my name",
        r"(?:do you (?:know|remember) )?(?:what(?:['\u2019]?s| is) my name|who am i|my name)"
        r"|what my name is|tell me my name",
    ),
    (
        "last request",
        r"(?:tell me )?what (?:did|have) i (?:just |last )*"
        r"(?:ask|asked|say|said|tell|told|write|written|want|wanted)(?: you| for)*"
        r"(?: just now| before| earlier| last)?"
        r"|what was my (?:last|previous) (?:question|message|request)",
    ),
    (
        "help",
        r"(?:who|what) are you|what(?: else| tasks)? can you do(?: for me)?|what do you do"
        r"|how can you help(?: me)?|how do(?:es)? (?:you|this|it) work|help(?: me)?",
    ),
    ("story", r"(?:tell|write)(?: me)? a(?: long)? story(?: about .+)?"),
    (
        "how are you",
        r"how are you(?: doing)?(?: today)?|how(?:['\u2019]s| is) it going|how do you do",
    ),
    (
        "thanks",
        r"(?:many )?(?:thanks|thank you|cheers)(?: a lot| so much| very much| for .+)?",
    ),
    (
        "greeting",
        r"(?:hi|hello|hey|howdy|greetings|good (?:morning|afternoon|evening|day))"
        r"(?: there| again| assistant)?",
    ),
    ("goodbye", r"(?:good)?bye(?: bye)?|see you(?: later| soon)?|good night"),
)
_PATTERNS = tuple((topic, re.compile(pattern, re.I)) for topic, pattern in _PHRASES)


def recognise_talk(clause: str) -> SmallTalk | None:
    """The topic of a clause that is small talk from its first word to its last."""
    for topic, pattern in _PATTERNS:
        if match := pattern.fullmatch(clause):
            return SmallTalk(topic, match["name"].strip("\"' ") if topic == "tell name" else "")
    return None
