"""The helper: tries its skills one after the other, and says what it can do when none of them fits."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

from arena.chat import Message
from model_worker.demo.helper.arithmetic import reckon
from model_worker.demo.helper.dates import Today, about_dates
from model_worker.demo.helper.number_facts import about_numbers
from model_worker.demo.helper.texts import about_texts, statistics
from model_worker.demo.helper.units import convert, load_units
from model_worker.demo.parameters import Chance

QUESTION = 400
"""Characters. What is longer is a text, not a question."""

ABILITIES = """| I can | For example |
| :--- | :--- |
| reckon, exactly | `(2/3 + 1/6) * 12`, `15% of 80`, `sqrt(2)`, then `times 3` |
| convert units | `26.2 miles in km`, `72 F to C`, `2 GB in MiB` |
| count days | `days until Christmas`, `90 days after 2026-02-10`, `what weekday was 20 July 1969` |
| look at texts | `count words: to be or not to be`, `how many r in strawberry`, `sort lines:` and the lines |
| know numbers | `is 97 prime`, `factor 360`, `255 in hex`, `2026 in roman`, or just `42` |"""

_HELLO = re.compile(
    r"(?:hi|hello|hey|good (?:morning|evening|afternoon|day)|greetings|hallo|moin|yo)\b[\w\s,]{0,20}[!.]*",
    re.IGNORECASE,
)
_THANKS = re.compile(r"(?:ok|great|cool|perfect|nice)?[,!. ]*(?:thanks?|thank you|thx|cheers)\b.{0,30}", re.IGNORECASE)
_WHO = re.compile(
    r"\b(?:who are you|what are you|what can you do|what do you do|help|your name|are you an? \w+)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(r"\b(?:usd|eur|gbp|jpy|dollars?|euros?|yen|bitcoin|exchange rate)\b|[$€£]\s?\d", re.IGNORECASE)
_OUTSIDE = re.compile(
    r"\b(?:weather|news|price of|stock|score|who is|who was|where is|capital of|president|time is it)\b", re.IGNORECASE
)

_GREETINGS = (
    "Hello! I am a small program without a grain of intelligence, but what I compute is right. Try me:",
    "Good to see you. I have read no books, but I can count. For example:",
    "Hello there. Ask me for something that can be worked out:",
)
_WELCOMES = (
    "You are welcome. Anything else to work out?",
    "My pleasure. I like numbers best when somebody needs them.",
)
_CANNOT = (
    "That is beyond me: I do not understand language, I only look for things to work out. These I know:",
    "I would have to make that up, and I would rather not. What I can really do:",
    "No idea, honestly. I am a calculator with manners; this is what I am good at:",
)
_WHO_AM_I = "I am the demo helper: no language model, just a few hundred lines of Python that compute. I can:"
_NO_MONEY = (
    "Exchange rates change by the minute, and I am not connected to anything. Give me the rate, and I will multiply."
)
_NO_NEWS = "I am not connected to anything, so I know nothing about the world outside. But I can:"
_LONG = "You gave me a text, but no task that I know. So I counted:"


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


class Helper:
    """Computes. Nothing in its answers is made up."""

    def __init__(self, today: Today = _today) -> None:
        self._today = today
        self._units = load_units()

    def answer(self, messages: Sequence[Message], chance: Chance) -> Iterator[str]:
        """Answer the last user message; earlier ones matter where it goes on from a result."""
        *earlier, text = [message.content.strip() for message in messages if message.role == "user"]
        yield self._computed(earlier, text) or self._chat(text, chance)

    def _computed(self, earlier: Sequence[str], text: str) -> str | None:
        if (about := about_texts(text)) is not None or len(text) > QUESTION:
            return about
        skills: Sequence[Callable[[], str | None]] = (
            lambda: about_dates(self._today, text),
            lambda: about_numbers(text),
            lambda: convert(self._units, text),
            lambda: reckon([each for each in earlier if len(each) <= QUESTION], text),
        )
        return next((answer for skill in skills if (answer := skill()) is not None), None)

    def _chat(self, text: str, chance: Chance) -> str:
        if len(text) > QUESTION:
            return f"{_LONG}\n\n{statistics(text)}"
        if _THANKS.fullmatch(text):
            return chance.choose(_WELCOMES)
        if _HELLO.fullmatch(text):
            return f"{chance.choose(_GREETINGS)}\n\n{ABILITIES}"
        if _MONEY.search(text):
            return _NO_MONEY
        if _WHO.search(text) or text.strip(" ?!") == "":
            return f"{_WHO_AM_I}\n\n{ABILITIES}"
        return f"{_NO_NEWS if _OUTSIDE.search(text) else chance.choose(_CANNOT)}\n\n{ABILITIES}"
