"""The skill of texts: counting, sorting, turning round. The text stands behind a colon, in quotes, or below."""

import re
from collections import Counter
from collections.abc import Callable, Mapping

_QUOTED = re.compile(r"[\"“”«„]([^\"“”«„»]+)[\"“”»]|(?:^|\s)'(.+)'", re.DOTALL)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SENTENCE = re.compile(r"(?<![.!?…])[.!?…]+(?=\s|$)")
_FILLERS = re.compile(r"^\W*(?:(?:are|is|there|in|of|the|this|text|word|sentence|phrase|a)\b\W*)*", re.IGNORECASE)
_ONE_LETTER = r"(?:the )?(?:letters? )?[\"'“]?(\w)[\"'”]?(?:['’]?s)?"
_IN_A_WORD = r"(?: \w+){0,3}? (?:in|inside)(?: the)?(?: word)? [\"'“]?([\w’'-]{2,60})"
_LETTERS = re.compile(rf"(?:how (?:many|often)(?: times)?(?: does)?|count) {_ONE_LETTER}{_IN_A_WORD}", re.IGNORECASE)
_TASK = 200
"""Characters; a task is said in fewer."""


def split_task(message: str) -> tuple[str, str]:
    """Return what is to be done, in small letters, and the text to do it to (empty if there is none)."""
    if quoted := _QUOTED.search(message):
        text = quoted[1] or quoted[2]
        return (message[: quoted.start()] + " " + message[quoted.end() :]).lower()[:_TASK], text
    first, _, rest = message.partition("\n")
    task, colon, behind = first.partition(":")
    if colon and (behind.strip() or rest.strip()):
        return task.lower()[:_TASK], "\n".join(part for part in (behind.strip(), rest) if part.strip())
    return first.lower()[:_TASK], rest.strip("\n")


def about_texts(message: str) -> str | None:
    """Do what a message asks to be done to a text; None if it asks for nothing of the kind."""
    if letters := _LETTERS.search(message[:_TASK]):
        return _letters_in_a_word(letters[1].lower(), letters[2].strip("'’"))
    task, text = split_task(message)
    for wanted, skill in _SKILLS.items():
        if found := re.search(wanted, task):
            # `reverse hello world`: no colon, no quotes.
            bare = text or _FILLERS.sub("", message[found.end() :]).rstrip("?")
            return skill(bare) if bare.strip() else "With pleasure. Put the text behind a colon, or on the next lines."
    return None


def statistics(text: str) -> str:
    """Count what a text has."""
    found = _WORD.findall(text)
    rows = [("Characters", f"{len(text):,}")]
    rows += [("Characters without spaces", f"{sum(not each.isspace() for each in text):,}")]
    rows += [("Words", f"{len(found):,}"), ("Different words", f"{len({word.lower() for word in found}):,}")]
    rows += [("Sentences", f"{max(len(_SENTENCE.findall(text)), bool(found)):,}")]
    rows += [("Lines", f"{len(text.splitlines()):,}")]
    if found:
        rows += [("Longest word", max(found, key=len)[:60])]
        rows += [("Reading time", f"about {max(1, round(len(found) / 4)):,} s at 240 words a minute")]
    return _table(("Of this text", ""), rows)


def _letters_in_a_word(letter: str, word: str) -> str:
    count = word.lower().count(letter)
    marked = " ".join(f"**{each}**" if each.lower() == letter else each for each in word)
    return (
        f"**{count}**\n\n{marked}\n\nI looked at every letter, one after the other; it is what computers are good at."
    )


def _frequencies(text: str) -> str:
    counts = Counter(word.lower() for word in _WORD.findall(text)).most_common(10)
    return _table(("Word", "Times"), [(word[:60], str(count)) for word, count in counts])


def _longest(text: str) -> str:
    longest = max(_WORD.findall(text), key=len, default="")
    return f"**{longest}**, with {len(longest)} letters." if longest else "I find no word in it."


def _is_palindrome(text: str) -> str:
    bare = "".join(each for each in text.lower() if each.isalnum())
    if bare == bare[::-1]:
        return f"Yes, a palindrome: `{bare}` reads the same from both ends."
    return f"No. Backwards it reads `{bare[::-1]}`."


def _sorted_lines(text: str) -> str:
    parts = text.splitlines()
    if len(parts) == 1:
        parts = [part.strip() for part in re.split(r"[,;]" if re.search(r"[,;]", text) else r"\s+", text.strip())]
    numbers = all(re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", part.strip()) for part in parts)
    return _block("\n".join(sorted(parts, key=float) if numbers else sorted(parts, key=str.casefold)))


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"| {head[0]} | {head[1]} |\n| :--- | ---: |\n{lines}"


def _block(text: str) -> str:
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{fence}text\n{text}\n{fence}"


_COUNTED = r"(?:how many|count|number of)(?: the)?(?: words?| characters?| letters?| lines?| sentences?)(?: and \w+)?"
_SKILLS: Mapping[str, Callable[[str], str]] = {
    r"\bpalindrome\b": _is_palindrome,
    r"\blongest word\b": _longest,
    r"\b(?:most (?:common|frequent) words?|word frequenc(?:y|ies)|how often each word)\b": _frequencies,
    r"\bsort(?: these| the| my| this)?(?: lines| words| list| names| numbers)?\b": _sorted_lines,
    r"\breverse(?: the words?)?\b|\bbackwards?\b": lambda text: _block(text[::-1]),
    r"\b(?:upper ?case|capital letters|capitali[sz]e)\b": lambda text: _block(text.upper()),
    r"\blower ?case\b": lambda text: _block(text.lower()),
    rf"\b{_COUNTED}\b|\b(?:text )?statistics\b|\bword count\b": statistics,
}
