# ruff: noqa: E501 (a form reads best in one line)
"""Numbers that a state gives a person: by checksum where it proves enough, by form, or by what is said before them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from export.personal_data.context import before, says, says_after
from export.personal_data.gate import Gate, fast_gate
from export.personal_data.placeholders import FICTION, RESERVED, TEST_CARDS, is_run
from export.personal_data.recognisers.identity_rules import EXAMPLES, WRITTEN, NumberRule, checker, number_rules
from export.personal_data.recognisers.identity_words import LABELLED, LABELS_GATE, WEAK_WORDS, WORDS
from export.personal_data.recognisers.standing import is_alone, is_beside_a_name, is_within_account
from export.personal_data.span import Kind, Recogniser, Span
from export.personal_data.vetoes import BEFORE_DAY, DATED, is_date, overlaps, vetoed

_WORD = re.compile(r"[A-Z]{6}")
_LETTER = re.compile(r"[A-Z]")
_ABROAD = re.compile(r"\+[\d ().\-/]{1,16}$|\d\)[ -]?$")
"""The rest of a telephone number."""

_PAIRS = re.compile(r"(?:99 ){5,}99")
_EPOCH = re.compile(r"1[4-8]\d{8}(?:\d{3}){0,3}")
"""Seconds, and their parts, of the years from 2014 to 2030."""
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3}){2,3}(?:-\d)?")
"""In groups, as a version and a quantity are written as well."""
SAID = NumberRule("context", "", alone=False)
"""A text says what a number is: one that was mistyped is personal as well."""

_DIGITS = re.compile(
    rf"(?!{DATED})\d(?<![\w.+/#-].)(?<!\d[:=,].)(?:{BEFORE_DAY}[ .\-/]?\d){{6,18}}(?:(?<=\d{{17}})X)?(?![\w%]|[.,:/-]\d)",
    re.ASCII,
)
_RUN = re.compile(r"\d(?:[ .\-/]?\d){6,}", re.ASCII)
"""What each such number consists of: only in it there is something to look for."""
_BEHIND = 24
"""Characters that count behind the last digit, and more."""
_NAMES = list(WRITTEN)
_LETTERS = re.compile(
    r"(?<![\w.+-])(?:" + "|".join(f"({form})" for form in WRITTEN.values()) + r")(?![\w-])", re.ASCII | re.IGNORECASE
)
_ASKED = re.compile(r"(?i) (?:an? )?(?:valid|correct|genuine|gültig|korrekt|v[aá]lido|valide|valido|geldig)\b")
"""Right behind a number: somebody asks whether its check digit holds."""
_UNCHECKED = frozenset(
    [
        "us.ssn",
        "us.itin",
        "form",
        "ph.sss",
        "kr.birth",
        "lv.birth",
        "ae.birth",
        "ar.dni",
        "id.nik",
        "pk.cnic",
        "my.nric",
        "cr.cpf",
    ]
)
"""Rules without a checksum: a hint is not enough."""
_WAYS = (
    "(?i:(?:^|[^a-z0-9_.+-])(?:" + "|".join(WRITTEN.values()) + "))",
    r"(?:^|[^A-Za-z0-9_.+/#-])\d(?:[ .\-/]?\d){6}",
    LABELS_GATE,
)
"""What must be there for each of the three ways to be worth trying."""


@cache
def _gate() -> Gate:
    return fast_gate(_WAYS)


def _spans(text: str) -> Iterator[Span]:
    tried = _gate()(text)
    labelled = list(_by_label(text)) if 2 in tried else []
    if 0 in tried:
        yield from _by_letters(text)
    yield from (each for each in labelled if _LETTER.search(text, each.start, each.end))
    if 1 in tried:
        yield from _by_digits(text)
    yield from labelled


def _by_letters(text: str) -> Iterator[Span]:
    for match in _LETTERS.finditer(text):
        module = _NAMES[(match.lastindex or 1) - 1]
        compact = re.sub(r"[ .-]", "", match[0]).upper()
        one_case = match[0] in {match[0].upper(), match[0].lower()}
        if (
            one_case
            and compact not in EXAMPLES
            and not is_run(re.sub(r"\D", "", compact))
            and checker(module)(match[0].upper().replace(".", ""))
        ):
            yield Span(*match.span(), Kind.GOVERNMENT_ID, module)


def _numbers(text: str) -> Iterator[re.Match[str]]:
    for run in _RUN.finditer(text):
        start, end = run.span()
        while (match := _DIGITS.search(text, start, end + _BEHIND)) and match.start() < end:
            yield match
            start = match.end()


def _by_digits(text: str) -> Iterator[Span]:
    otherwise: Sequence[tuple[int, int]] | None = None
    for match in _numbers(text):
        digits = re.sub(r"[^\dX]", "", match[0])
        rules = number_rules().get(len(digits.rstrip("X")) + digits.endswith("X"), ())
        if is_date(match[0]) and not any(rule.form for rule in rules):
            continue
        if _ABROAD.search(before(text, match.start(), 18)) or _is_nobodys(digits):
            continue
        if is_within_account(text, match.start()):
            continue
        said = says(WORDS, text, match.start()) or says_after(WORDS, text, match.end())
        hinted = (
            said
            or says(WEAK_WORDS, text, match.start(), 18)
            or says_after(WEAK_WORDS, text, match.end())
            or _ASKED.match(text, match.end()) is not None
        )
        rule = _proof(rules, match[0], said, hinted)
        if rule is None and not said and (is_alone(text, match) or is_beside_a_name(text, match)):
            rule = _proof(rules, digits, False, True)
        if rule is None and said and len(digits) >= 7:
            rule = SAID
        if rule is None:
            continue
        otherwise = vetoed(text) if otherwise is None else otherwise
        grouped = said and _GROUPED.fullmatch(match[0]) and says(WORDS, text, match.start(), 24)
        if rule.form or grouped or not overlaps(otherwise, *match.span()):
            yield Span(*match.span(), Kind.GOVERNMENT_ID, rule.module)


def _by_label(text: str) -> Iterator[Span]:
    for match in LABELLED.finditer(text):
        compact = re.sub(r"[ .-]", "", match["value"])
        if compact not in EXAMPLES and not is_run(re.sub(r"\D", "", compact)) and _is_document(compact):
            yield Span(*match.span("value"), Kind.GOVERNMENT_ID, "context")


def _is_document(compact: str) -> bool:
    """Tell a number with letters from a word with a year behind it."""
    return sum(map(str.isdigit, compact)) >= 4 and not _WORD.search(compact)


def _proof(rules: tuple[NumberRule, ...], found: str, said: bool, hinted: bool) -> NumberRule | None:
    form = re.sub(r"[\dX]", "9", found)
    digits = re.sub(r"[^\dX]", "", found)
    for rule in sorted(rules, key=lambda each: each.form != form):  # a form that fits says more than a length
        told = said or (hinted and found.isalnum() and rule.module not in _UNCHECKED)
        fits = told or form == rule.form or (rule.alone and _one_number(form) and not _EPOCH.fullmatch(found))
        if fits and checker(rule.module)(found if rule.form == form else digits):
            return rule
    return None


def _is_nobodys(digits: str) -> bool:
    """Tell what manuals print, what only counts, and what is kept free for films."""
    is_example = digits in EXAMPLES or digits in TEST_CARDS or is_run(digits.rstrip("X"))
    return is_example or FICTION.search(digits) is not None or RESERVED.search(digits) is not None


def _one_number(form: str) -> bool:
    """Tell whether digits are written as one number, and not as a list of several."""
    return not re.search(r"[./-]", form) and form.count(" ") <= 7 and not _PAIRS.fullmatch(form)


RECOGNISER = Recogniser(
    Kind.GOVERNMENT_ID,
    "|".join(_WAYS),
    _spans,
)
