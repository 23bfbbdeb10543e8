"""Names that words of another script announce, or a sentence about oneself: `I'm ...`, `السيد ...`, `我的同事...`."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from export.names.doubts import is_never
from export.names.lists import Is, Lists
from export.names.tokens import Token

_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
_END = r"(?=[\s,.;:!?،।|)\"”]|$)"
ABOUT_ONESELF = re.compile(
    r"\b(?:(?:[Hh]i|[Hh]ello|[Hh]ey)[,!.]? (?:this is|I am|I['’]m|it['’]s)|I am|I['’]m|[Tt]his is|[Cc]all me)"
    r" (?P<en>[A-Z][a-z'’-]+(?: [A-Z][a-z'’-]+)?)(?=[,.!]| and I\b| from\b| here\b|$)"
)
ABOUT_OTHERS = re.compile(
    r"(?:(?<![\u0600-\u06ff])(?:السيدة?|الأستاذة?|الدكتورة?|عزيزي|عزيزتي|صديقي|صديقتي|زميلي|زميلتي|أخي|أختي|آقای|خانم|جناب)"
    rf" (?P<ar>[\u0620-\u06ff\u200c]{{3,}}){_END}"
    r"|(?<![\u0590-\u05ff])(?:מר|גב['׳]|גברת|ד[\"״]ר|פרופ['׳]|שלום|לכבוד|יקירי|יקרה) "
    rf"(?P<he>[\u05d0-\u05ea'׳]{{3,}}){_END}"
    r"|(?:श्रीमती|श्री|प्रिय|डॉ\.?|सुश्री|நண்பர்|அன்புள்ள|திரு|திருமதி|என் பெயர்|প্রিয়|জনাব|আমার নাম|ডাঃ)"
    rf" (?P<hi>[\u0900-\u0dff\u200c\u200d]{{2,}}(?: [\u0900-\u0dff\u200c\u200d]{{2,}})??)(?: जी)?{_END}"
    r"|(?:名前は|と申します、)(?P<ja>[\u3400-\u9fff々]{2,5}|[\u30a1-\u30ff]{2,8})(?=です|と|。|$)"
    r"|(?:저는|이름은|나는) ?(?P<ko>[\uac00-\ud7af]{2,4})(?=입니다|이고|이에요|예요|라고|이라고)"
    r"|(?P<kot>[\uac00-\ud7af]{3})(?= (?:선생님|교수님|부장|과장|대리|사장|팀장|박사|차장|이사|드림|올림))"
    r"|(?:同事|朋友|室友|老板|经理|邻居|弟弟|妹妹|哥哥|姐姐|丈夫|妻子|老公|老婆|客户|尊敬的|亲爱的|出席人|同学|导师)[：:]?"
    r"(?P<zh>[\u4e00-\u9fff]{2,3}?)(?=[，。、！？：,!\s和与跟给说的]|先生|女士|老师|教授|$))"
)


def mark_announced(
    match: re.Match[str],
    words: Sequence[Token],
    starts: Sequence[int],
    scores: list[float],
    barred: Sequence[bool],
    lists: Lists,
) -> None:
    """Give a score to the words that a match of one of these announces, if nothing is known that they are else."""
    kind = match.lastgroup or ""
    start, end = match.span(kind)
    places = range(bisect_left(starts, start), bisect_left(starts, end))
    if any(barred[place] for place in places) or not _may_be(match[kind], kind, lists):
        return
    for place in places:
        if kind != "en" or place == places[0] or not lists.of(words[place].text) & _ELSE:
            scores[place] = max(scores[place], 0.8)


def _may_be(found: str, kind: str, lists: Lists) -> bool:
    if kind == "zh":
        return "f" in lists.han.get(found[0], "")
    if kind in {"kot", "ko"}:
        return "k" in lists.han.get(found[0], "")
    if kind == "ja":
        return True
    word = found.split(" ", maxsplit=1)[0]
    first = lists.of(word)
    if is_never(word) or (kind != "en" and not first & _NAME and _is_word(word, kind, lists)):
        return False
    return (bool(first & Is.GIVEN) and not first & (Is.WORD | Is.VETO)) or not first & _ELSE


def _is_word(word: str, kind: str, lists: Lists) -> bool:
    """Tell whether an unlisted word is one of its language, and not made as family names are."""
    if kind == "ar":
        return word.startswith("ال") and not word.endswith("ي") and bool(lists.spoken_in(word))
    return word < "\u0980" and bool(lists.spoken_in(word))
