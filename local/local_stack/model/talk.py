"""Answers that need no tool: small talk, and what was said in this conversation."""

from local_stack.model.intents import SmallTalk, Topic
from local_stack.model.sentences import parse

ABILITIES = (
    "I can add tasks to your list, show it, rename tasks, mark them as done and delete them."
    ' Try "Add a task to buy groceries" or "What is on my list?"'
)
FALLBACK = f"I am not sure what you would like me to do. {ABILITIES}"
# Long enough to be stopped, left and come back to.
STORY = "Once upon a time there was a list. " + " ".join(
    f"On day {day} somebody crossed out one task and wrote down another." for day in range(1, 41)
)
_PLAIN: dict[Topic, str] = {
    "greeting": "Hello! How can I help you with your tasks?",
    "thanks": "You are welcome!",
    "goodbye": "Goodbye! Your list will be here when you come back.",
    "how are you": "I am doing well, thank you!",
    "story": STORY,
    "help": f"I am a scripted assistant that looks after your task list. {ABILITIES}",
}


def talk_back(talk: SmallTalk, requests: tuple[str, ...]) -> str:
    """The answer, given all that the user wrote, this turn's request last."""
    match talk.topic:
        case "tell name":
            return f"Nice to meet you, {talk.detail}!"
        case "my name":
            name = _name_told(requests)
            return f"Your name is {name}." if name else "You have not told me your name yet."
        case "last request":
            if len(requests) < 2:
                return "This is the first thing that you have asked me here."
            return f'You wrote: "{requests[-2]}"'
        case topic:
            return _PLAIN[topic]


def _name_told(requests: tuple[str, ...]) -> str | None:
    names = [
        wish.detail
        for request in requests
        for wish in parse(request)
        if isinstance(wish, SmallTalk) and wish.topic == "tell name"
    ]
    return names[-1] if names else None
