"""Places where hardly anything but a name stands: after `my name is`, after `Mr.`, in a Vietnamese name, ..."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from export.names.announced import ABOUT_ONESELF, ABOUT_OTHERS, mark_announced
from export.names.doubts import VIETNAMESE, of_things
from export.names.gates import Finder, gate_before, quick
from export.names.lists import Is, Lists
from export.names.tokens import Token, Words, is_capital
from export.personal_data.gate import Gate

_INTRO = (
    r"my name(?: is|'s|’s)|my name:|mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|mon nom est"
    r"|me llamo|mi nombre es|meu nome é|(?:eu )?me chamo|mi chiamo|il mio nome è|mijn naam is|ik heet"
    r"|jag heter|mitt namn är|jeg heter|jeg hedder|nazywam się|mam na imię|jmenuji se|jmenuju se"
    r"|mă numesc|numele meu este|benim adım|nama saya|tôi tên là|tên tôi là|mình tên là|меня зовут"
    r"|мене звати|με λένε|ονομάζομαι|jina langu ni|اسمي|اسم من|נקראת|קוראים לי|שמי|मेरा नाम"
)
_TITLE = (
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Mme|Mlle|Sr|Sra|Dra|Sig|Herr|Herrn|Frau|Monsieur|Madame|Señor|Señora|Senhor"
    r"|Senhora|Signor|Signora|Meneer|Mevrouw|Pan|Pani|Shri|Smt|Bapak|Ibu|Mbak)\b\.?"
)
_HAN = re.compile(
    r"(?:我叫|名叫|名字叫|名字是|姓名[：:]|我是|署名|给邻居)(?P<zh>[\u4e00-\u9fff]{2,3})(?=[，。、！？,.!?\s的]|$)"
    r"|(?P<title>[\u4e00-\u9fff]{1,3})(?=先生|女士|小姐|老师|同学|医生|经理)"
    r"|(?P<san>[\u3400-\u9fff々]{2,5}|[\u30a1-\u30ff]{2,6})(?=さん|様(?![式子書々相態])|くん|ちゃん|氏)"
    r"|(?<![\uac00-\ud7af])(?P<ssi>[\uac00-\ud7af]{2,4}?)(?= ?(?:씨|님께|드림))"
    r"|(?:ชื่อ|คุณ|นางสาว|นาย)\s?(?P<thai>[\u0e01-\u0e4e]{3,20}(?: [\u0e01-\u0e4e]{3,20})?)(?=[\s,.]|$)"
)
_LABEL = r"\b(?:full )?(?:name|nom|nombre|nome|naam|namn|navn|nazwisko|jméno|имя)"
_CLOSING = (
    r"\b(?:regards|best|wishes|sincerely|thanks|thank you|cheers|yours|grüße|grüßen|cordialement|saludos|atentamente"
    r"|saluti|cumprimentos|groet|groeten|hälsningar|hilsen|pozdrawiam|pozdravem)"
)
_AFTER = re.compile(
    rf"(?P<intro>(?i:{_INTRO}))(?= )|{_TITLE}(?= )|(?P<label>(?i:{_LABEL}):)(?= )"
    rf"|(?P<closing>(?i:{_CLOSING})[,.!]?\n?)(?=\n)"
)
_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
_ENDS_NAME = frozenset("\n,;(|")
_IN_ROWS = frozenset(",;–-/|")
_BEGINS = frozenset("\n.:;!?(-•–")
_TRADES = ("者", "医", "師", "員", "署", "課", "社", "局", "備士", "護士", "仕")
"""What Japanese words for trades and offices end with."""
PRONOUNS = frozenset({"anh", "chị", "cô", "ông", "bà", "em", "chú", "bác", "thầy", "bé", "bạn", "cậu"})
"""What comes before a Vietnamese name."""
_NOT_AFTER_TITLE = frozenset(
    {"president", "chairman", "minister", "speaker", "ambassador", "und", "and", "right", "wrong", "universe", "bean"}
)


def mark(text: str, words: Words, scores: list[float], barred: Sequence[bool], lists: Lists) -> None:
    """Give a score to the words that stand in such a place."""
    if lists.public:
        _mark_public(words, scores, lists)
    if not text.isascii() and VIETNAMESE.search(text):
        _mark_vietnamese(words, scores, barred, lists)
    for match in _cues(text):
        if match.re is _AFTER and (match["label"] or match["closing"]):
            _mark_line(words, scores, barred, lists, bisect_left(words.starts, match.end()))
        elif match.re is _AFTER:
            _mark_after(words, scores, barred, lists, bisect_left(words.starts, match.end()))
        elif match.re is _HAN:
            _mark_titled(match, words.starts, scores, lists)
        else:
            mark_announced(match, words, words.starts, scores, barred, lists)


def places(text: str) -> list[int]:
    """Return where a name may begin that `mark` gives a score to, apart from Vietnamese and public ones."""
    return [
        match.start(match.lastgroup or "") if match.re is not _AFTER else match.end() + 1
        for match in _cues(text)
        if match.re is not _AFTER or match["intro"] or not text[match.end() + 1 : match.end() + 2].islower()
    ]


def _cues(text: str) -> Iterator[re.Match[str]]:
    """Return what announces names: nothing, for most texts."""
    gate, finders = _finders()
    for index in gate(text):
        yield from finders[index](text)


@cache
def _finders() -> tuple[Gate, list[Finder]]:
    patterns = (_AFTER, ABOUT_ONESELF, ABOUT_OTHERS, _HAN)
    return gate_before(patterns), [quick(pattern) for pattern in patterns]


@cache
def _begins(public: frozenset[tuple[str, ...]]) -> frozenset[str]:
    firsts = {name[0] for name in public}
    return frozenset(form for word in firsts for form in (word.capitalize(), word.title(), word.upper()))


def _mark_public(words: Words, scores: list[float], lists: Lists) -> None:
    begins = _begins(lists.public)
    if begins.isdisjoint(words.different):
        return
    for index, word in enumerate(words.texts):
        if word in begins:
            low = words.low[index : index + 4]
            for size in (4, 3, 2, 1):
                if tuple(low[:size]) in lists.public:
                    scores[index : index + size] = [1.0] * len(low[:size])
                    break


def _mark_after(words: Sequence[Token], scores: list[float], barred: Sequence[bool], lists: Lists, index: int) -> None:
    for count in range(3):
        if index + count >= len(words):
            return
        word = words[index + count].text
        what = lists.of(word)
        is_capital = word[0] != word[0].lower() or word[0] >= "\u0590"
        is_name = is_capital or what & (Is.GIVEN | Is.FAMILY) or not what & Is.WORD
        if (
            not word[0].isalpha()
            or barred[index + count]
            or not is_name
            or word.lower() in _NOT_AFTER_TITLE
            or word.lower() in lists.cues
        ):
            return
        if count and word[0] >= "\u0590" and not what & (Is.GIVEN | Is.FAMILY):
            return
        scores[index + count] = max(scores[index + count], 0.9)


def _mark_line(words: Sequence[Token], scores: list[float], barred: Sequence[bool], lists: Lists, begin: int) -> None:
    """Give a score to a name that ends its line: in full, the given name may be a word and a place as well."""
    while begin < len(words) and words[begin].text == "\n":
        begin += 1
    end = begin
    while end < len(words) and end < begin + 4 and _goes_on(words, end, is_first=end == begin) and not barred[end]:
        end += 1
    is_over = end == len(words) or words[end].text in _ENDS_NAME
    kinds = [lists.of(word.text) for word in words[begin:end]]
    if not is_over or not kinds or not kinds[0] & Is.GIVEN:
        return
    if all(what & _NAME or not what & _ELSE for what in kinds) if len(kinds) > 1 else not kinds[0] & _ELSE:
        scores[begin:end] = [max(score, 0.9) for score in scores[begin:end]]


def _goes_on(words: Sequence[Token], index: int, *, is_first: bool) -> bool:
    word = words[index]
    is_beside = is_first or word.start - words[index - 1].end == 1
    return is_beside and is_capital(word.text) and not word.text.isupper()


def _mark_vietnamese(words: Sequence[Token], scores: list[float], barred: Sequence[bool], lists: Lists) -> None:
    titled = [not "a" <= word < "{" and is_titled(word) for word, _, _ in words]
    end = 0
    for index, begins in enumerate(titled):
        if index < end or not begins:
            continue
        end = index + 1
        while end < len(words) and end - index < 6 and titled[end] and words[end].start - words[end - 1].end == 1:
            end += 1
        before = words[index - 1].text.lower() if index else "\n"
        is_first = before in _BEGINS and end - index > 1 and words[index].text.lower() in PRONOUNS
        if end - index > 4 + is_first or barred[index]:
            continue
        if is_first:  # `Ông Khuất Duy Bằng`
            scores[index + 1 : end] = [max(score, 0.8) for score in scores[index + 1 : end]]
            continue
        second = words[index - 2].text.lower() if index > 1 else ""
        is_called = before in PRONOUNS or before == "tên" or (before == "là" and second in {"tên", "tôi", "mình"})
        is_family = not any(barred[index:end]) and _is_full(words, range(index, end), lists)
        if is_family or is_called:
            scores[index:end] = [max(score, 0.8) for score in scores[index:end]]


def _is_full(words: Sequence[Token], run: range, lists: Lists) -> bool:
    """Tell whether words are a Vietnamese family name and given ones: districts and medicines begin like families."""
    what = lists.of(words[run.start].text)
    before = words[run.start - 1].text.lower() if run.start else "\n"
    after = words[run.stop].text if run.stop < len(words) else "\n"
    if not what & Is.FAMILY or what & Is.PLACE or len(run) < 2 or before in of_things():  # `nhà hàng Hoàng Yến`
        return False
    is_in_row = before in _IN_ROWS and after in _IN_ROWS
    if not is_in_row and len(run) > 2:
        return True
    is_given = any(lists.of(words[at].text) & Is.GIVEN or words[at].text in {"Thị", "Văn"} for at in run[1:])
    return is_given and not (is_in_row and len(run) == 2)


def is_titled(word: str) -> bool:
    """Tell whether it is written as a part of a Vietnamese name is: short, with one capital."""
    low = word.lower()
    return low != word and len(word) < 8 and word[0] != low[0] and word[1:] == low[len(word[0].lower()) :]


def _mark_titled(match: re.Match[str], starts: Sequence[int], scores: list[float], lists: Lists) -> None:
    kind = match.lastgroup or ""
    start, end = match.span(kind)
    found = match[kind]
    if kind in {"zh", "title"}:
        start = next(
            (
                start + at
                for at in range(len(found))
                if "f" in lists.han.get(found[at], "") and (kind == "zh") <= (at == 0)
            ),
            end,
        )
    elif (kind == "san" and found.endswith(_TRADES)) or (kind == "ssi" and "k" not in lists.han.get(found[0], "")):
        start = end
    for place in range(bisect_left(starts, start), bisect_left(starts, end)):
        scores[place] = max(scores[place], 0.8)
