"""A listener in the manner of Weizenbaum's DOCTOR (Communications of the ACM 9, 1966, 36-45), with its own script.

It keeps nothing: what it remembers is worked out anew from the conversation each time.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence

from arena.chat import Message
from model_worker.demo.parameters import Chance
from model_worker.demo.script import NUMBER, Keyword, Script, clauses, load_script

LONGEST_CLAUSE = 60
"""Words; what goes beyond is not taken apart."""
MOST_CLAUSES = 40
LONGEST_ECHO = 18
"""Words of the visitor's that an answer takes up; more would be a recital."""


class Doctor:
    """Listens, and turns what it hears into questions."""

    def __init__(self, script: Script | None = None) -> None:
        self._script = script or load_script()

    def answer(self, messages: Sequence[Message], chance: Chance) -> Iterator[str]:
        """Answer the last user message, after going through all before it for what is to be remembered."""
        *earlier, last = [message.content for message in messages if message.role == "user"]
        said = frozenset(message.content for message in messages if message.role == "assistant")
        session = _Session(self._script)
        for text in earlier:
            session.lines(text)
        lines = session.lines(last)
        fresh = [line for line in lines if line not in said]
        yield chance.choose(fresh or lines)


class _Session:
    """What there is to know after some messages: whose turn which line is, and what is remembered."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._turns: Counter[tuple[str, ...]] = Counter()
        self._memories: deque[str] = deque(maxlen=10)

    def lines(self, text: str) -> list[str]:
        """Return what may be said to a message, the line whose turn it is first."""
        heard = [words[:LONGEST_CLAUSE] for words in clauses(text, self._script.contractions)[:MOST_CLAUSES]]
        if not heard:
            return self._in_turn(self._script.silence)
        for keyword, words in self._by_rank(heard):
            for rule in keyword.rules:
                parts = rule.pattern.take_apart(words)
                if parts is None:
                    continue
                heard_back = [reflect(part, self._script) for part in parts]
                self._memories += self._lines(rule.remember, heard_back)[:1]
                if lines := self._lines(rule.say, heard_back):
                    return lines
        if self._memories:
            return [self._memories.popleft()]
        return self._in_turn(self._script.fallback)

    def _by_rank(self, heard: list[list[str]]) -> list[tuple[Keyword, list[str]]]:
        found = {
            (id(keyword), place): (keyword, words)
            for place, words in enumerate(heard)
            for word in words
            for keyword in self._script.keywords.get(NUMBER if word.isdecimal() else word.lower(), ())
        }
        return sorted(found.values(), key=lambda each: -each[0].rank)

    def _lines(self, lines: tuple[str, ...], parts: Sequence[str]) -> list[str]:
        return [put_together(line, parts) for line in self._in_turn(lines) if _fits(line, parts)]

    def _in_turn(self, lines: tuple[str, ...]) -> list[str]:
        start = self._turns[lines] % max(1, len(lines))
        self._turns[lines] += 1
        return [*lines[start:], *lines[:start]]


def reflect(words: Sequence[str], script: Script) -> str:
    """Exchange I and you in what somebody said, so that it can be said back."""
    turned: list[str] = []
    for place, word in enumerate(words):
        lowered = word.lower()
        if lowered == "you":
            is_object = place == len(words) - 1 or (place > 0 and words[place - 1].lower() in script.before_me)
            turned.append("me" if is_object else "I")
        elif lowered == "are" and turned and turned[-1] == "I":
            turned.append("am")
        else:
            turned.append(script.reflections.get(lowered, word))
    return " ".join(turned)


def put_together(line: str, parts: Sequence[str]) -> str:
    """Fill a line's {1}, {2} with what was heard."""
    filled = re.sub(r"\{(\d)\}", lambda match: parts[int(match[1]) - 1], line)
    return filled[:1].upper() + filled[1:]


def _fits(line: str, parts: Sequence[str]) -> bool:
    """Whether all that a line takes up was said, and is short enough to be said back."""
    wanted = [parts[int(number) - 1] for number in re.findall(r"\{(\d)\}", line)]
    return all(part and len(part.split()) <= LONGEST_ECHO for part in wanted)
