"""Plants fake identities among the conversations of a release, and looks for them in what comes out."""

import hmac
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

import re2

from arena.battle import Mode
from arena.chat import Ending
from export.canaries.identities import identity
from export.personal_data.redact import DROP_ALL, Policy
from export.personal_data.span import Kind
from export.release.steps import Bundle, Row
from logging_store.facts import ConversationFact, ConversationRecord, SaidTurn

PREFIX = "canary-"
"""What the ledger ids of canaries begin with: no row of theirs is ever released."""
AT_ONCE = 500
"""So many identities are looked for together: an automaton for more might not fit into its memory."""
MEMORY = 64 << 20
"""Bytes for it."""

_SYLLABLES = [
    "ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se",
    "ti", "vo", "zu", "bri", "dra", "flo", "gle", "kru", "plo", "sna", "tre", "vla",
]  # fmt: skip
_TALKS = (
    (
        "My name is {name} and I need a cover letter. Put my e-mail {EMAIL} and my phone {PHONE} at the top.",
        "Dear Sir or Madam,\n\nI am applying for the position.\n\nYours sincerely,\n{name}\n{EMAIL}",
        "Please add where I live: {ADDRESS}.",
        "Done. Under the name {name} it now says {ADDRESS}.",
    ),
    (
        "Hello, I am {name}. I was charged twice on my card {CARD}; what do I write to the bank?",
        "Dear bank, my name is {name}. My card {CARD} was charged twice. Please pay back to {IBAN}.",
        "My date of birth is {BIRTH_DATE}, they ask for it. Write to me at {EMAIL}.",
        "I added it: {name}, born: {BIRTH_DATE}.",
    ),
    (
        "Fill in this form for me.\nName: {name}\nSSN: {GOVERNMENT_ID}\nPhone: {PHONE}",
        "Here it is: {name}, SSN {GOVERNMENT_ID}, phone {PHONE}.",
        "I log in from {IP}, and my profile is {URL}. Is that private?",
        "Thank you, {name}. Whoever sees {URL} knows who you are.",
    ),
    (
        "This script fails, I think my token {SECRET} has expired. Regards, {name}",
        "Do not share {SECRET} with anybody, {name}. Make a new one.",
        "Then send the bill to {name}, {ADDRESS}, IBAN {IBAN}.",
        "Dear {name}, the bill goes to {ADDRESS}.",
    ),
)
"""What canaries talk about. None of these sentences is in the benches."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A conversation about a person that does not exist."""

    bundle: Bundle
    identities: tuple[str, ...]
    """What of it must never come out."""
    code_word: str
    """A word that is nowhere else, and that no redaction touches: who meets it meets the conversation."""

    @property
    def ledger_id(self) -> str:
        """Under which it goes through the steps."""
        return self.bundle.rows[0].ledger_id

    @property
    def texts(self) -> tuple[str, ...]:
        """The messages, user and assistant in turn."""
        row = cast("Row", self.bundle.rows[0])
        return row.texts


def planted(key: bytes, release: str, count: int, policy: Policy = DROP_ALL, *, names: bool = True) -> Sequence[Canary]:
    """Make so many canaries, the same for the same key and release.

    What the policy keeps may come out, and so may names if `names` is false.
    """
    return [_canary(key, f"canary {release} {number}", policy, names) for number in range(count)]


def is_canary(ledger_id: str) -> bool:
    """Tell a canary's conversation from a visitor's."""
    return ledger_id.startswith(PREFIX)


def leaked(canaries: Iterable[Canary], texts: Iterable[str]) -> list[str]:
    """Return what of the identities stands in the texts, each once, in order."""
    return _standing({each for canary in canaries for each in canary.identities}, texts)


def escaped(canaries: Iterable[Canary], texts: Iterable[str]) -> list[str]:
    """Return what of whole canaries stands in the texts: they were released, however well redacted."""
    return _standing({each for canary in canaries for each in (canary.code_word, *canary.identities)}, texts)


def _standing(wanted: set[str], texts: Iterable[str]) -> list[str]:
    """Return which of the words stand in the texts; in time linear in the texts."""
    options = re2.Options()
    options.max_mem = MEMORY
    ordered = sorted(wanted, key=lambda each: (-len(each), each))  # a longer one is not to be taken for a shorter one
    parts = [ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE)]
    patterns = [re2.compile("|".join(re2.escape(each) for each in part), options) for part in parts]
    return sorted({str(match[0]) for text in texts for pattern in patterns for match in pattern.finditer(text)})


def _canary(key: bytes, label: str, policy: Policy, names: bool) -> Canary:
    digest = hmac.new(key, label.encode(), sha256).hexdigest()
    chance = random.Random(digest)
    person = identity(chance)
    talk = chance.choice(_TALKS)
    told = [kind for kind in Kind if any("{" + kind + "}" in line for line in talk)]
    word = "".join(chance.choices(_SYLLABLES, k=6))
    texts = tuple(line.format(name=person.name, **{kind.value: person.data[kind] for kind in told}) for line in talk)
    texts = (f"{texts[0]}\nThis is about the project {word}.", *texts[1:])
    # A date of birth is somebody else's as well: to meet one proves nothing.
    secret = [person.data[kind] for kind in told if kind is not Kind.BIRTH_DATE and policy.get(kind) != "keep"]
    return Canary(_bundle(PREFIX + digest[:24], texts), (*([person.name] if names else []), *secret), word)


def _bundle(ledger_id: str, texts: tuple[str, ...]) -> Bundle:
    turns = tuple(
        SaidTurn(f"{ledger_id}-{at // 2}", at // 2, texts[at], texts[at + 1], Ending.COMPLETED, None, float(at))
        for at in range(0, len(texts), 2)
    )
    fact = ConversationFact(ledger_id, ledger_id, Mode.DIRECT, "canary", 0.0)
    record = ConversationRecord(fact, turns, address_hash="", period="")
    return Bundle((Row(record=record, turns=turns, texts=texts),))
