# ruff: noqa: E501 (a form reads best in one line)
"""E-mail addresses, also those written out to fool machines: `ada (at) host (dot) org`."""

import re
from collections.abc import Iterator
from functools import cache

from export.personal_data.gate import Gate, fast_gate
from export.personal_data.span import Kind, Recogniser, Span

_PLAIN = re.compile(r"(?<![\w.+-])[\w.%+'-]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.)+[^\W\d_]{2,24}(?![\w@])")
_AT = r"\s?(?:\[at\]|\(at\)|\{at\}|<at>|\sat\s|_at_|@)\s?"
_SIGN_DOT = r"(?:\[dot\]|\(dot\)|\{dot\}|<dot>)"
_DOT = rf"\s?(?:{_SIGN_DOT}|\sdot\s|_dot_)\s?"
_WORD_AT = r"\s?(?:\s(?:arroba|chiocciola|arobase|małpa|zavináč|kukac|snabel-?a|apenstaartje|собака|собачка|равлик|маймунско)\s|アットマーク|アット|골뱅이)\s?"
_WORD_DOT = (
    r"\s?(?:\s(?:dot|punto|ponto|punkt|kropka|tečka|bodka|punktum|punt|pont|point|точка|крапка|점)\s|ドット|점|\.)\s?"
)
"""The signs as other languages spell them out."""
_TOP = r"(?:com|net|org|edu|gov|info|biz|dev|app|[a-z]{2})"
_SPELT = re.compile(
    rf"(?i)(?<![\w.+-])(?:[a-z0-9][\w+-]{{0,30}}{_DOT}){{0,3}}[\w.+-]{{2,64}}?{_AT}[\w-]{{2,63}}?(?:{_DOT}[a-z]{{2,24}}){{0,3}}(?:{_DOT}{_TOP}|\s?{_SIGN_DOT}\s?[a-z]{{2,24}})(?![a-z0-9])"
    rf"|(?<![\w.+-])(?:[a-z0-9][\w+-]{{0,30}}{_WORD_DOT}){{0,3}}[\w.+-]{{2,64}}?{_WORD_AT}[a-z0-9-]{{2,63}}?(?:{_WORD_DOT}[a-z]{{2,24}}){{1,4}}(?![a-z0-9])"
    r"|(?<![\w.+-])[\w.+-]{2,64}\s?[\[({<]at[\])}>]\s?(?:[a-z0-9-]{2,63}\.){1,3}[a-z]{2,24}(?![a-z0-9_])"
    r"|(?<![\w.+-])(?=[\w.+-]{0,63}[\d._])[a-z][\w.+-]{1,63}\sat\s(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|gmx|yandex)\.[a-z]{2,3}\b"
    r"|(?<![\w.+-])[\w.+-]{2,64}\s?@\s?(?:gmail|googlemail|yahoo|hotmail|outlook|live|icloud|proton(?:mail)?|aol|gmx|web|mail|yandex|qq|163)\s?\.\s?(?:com?(?:\.[a-z]{2})?|net|org|de|ru|me|fr|it|es|at|ch)\b"
)
_DETOUR = re.compile(r"[\w.+-]{1,64}\+[\w.-]{1,64}=$")
"""What a list puts before an address when it sends: `bounce+ada=home.org@list.net`."""
_JOINED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Scripts in which a word may stand right beside an address."""
_PAYMENT = re.compile(
    r"(?i)(?<![\w.+-])[\w.-]{2,64}@(?:ok(?:axis|hdfcbank|icici|sbi)|wa(?:axis|hdfcbank|icici|sbi)|pt(?:yes|axis|hdfc|sbi)|ybl|ibl|axl|y?apl|upi|paytm|axisb|idfcbank|kotak|hdfcbank|icici|freecharge|fam)(?![\w@.-])"
)
"""An address in India's payments between people."""
_WORD_BEFORE = re.compile(rf"^[^@]*[{_JOINED}](?=[A-Za-z0-9][\x21-\x7e]*$)")
_WORD_BEHIND = re.compile(rf"(?<=[A-Za-z])[{_JOINED}].*$")
_NO_DOMAIN = re.compile(
    r"(?i)(?:^|\.)(?:example(?:\.\w+)?|test|invalid|localhost|local|yourdomain\.\w+|your-?company\.\w+|domain\.com"
    r"|company\.com|email\.com|png|jpe?g|gif|svg|webp|css|js|py|md|html|whatsapp\.net)$"
)
_NOBODY = re.compile(
    r"(?i)^(?:no-?reply|do-?not-?reply|git|user(?:name)?|you|name|e?mail|someone|somebody|foo|bar|test(?:ing|er|user)?"
    r"|your[._-]?\w*|my-?e?mail|first(?:name)?[._]last(?:name)?|example|sample|abc|xyz|mailer-daemon|postmaster)$"
)


def _spans(text: str) -> Iterator[Span]:
    for match in _PLAIN.finditer(text):
        local, _, domain = match[0].rpartition("@")
        domain = _WORD_BEHIND.sub("", domain)
        end = match.start() + len(local) + 1 + len(domain)
        local = _WORD_BEFORE.sub("", local).lstrip("'.-")
        if not _NO_DOMAIN.search(domain) and not _NOBODY.match(local):
            start = end - len(domain) - 1 - len(local)
            detour = _DETOUR.search(text, max(0, start - 130), start) if text[start - 1 : start] == "=" else None
            yield Span(detour.start() if detour else start, end, Kind.EMAIL, "address")
    for match in _PAYMENT.finditer(text):
        yield Span(*match.span(), Kind.EMAIL, "payment")
    for match in _SPELT.finditer(text) if _is_spelt()(text) else ():
        if "example" not in match[0].lower():
            yield Span(*match.span(), Kind.EMAIL, "spelt out")


_SIGNS = (
    r"(?i:[\[({<]at[\])}>]|[\[({< ]dot[\])}> ]|_dot_|\s(?:arroba|chiocciola|arobase|małpa|zavináč|kukac|snabel-?a|apenstaartje"
    r"|собака|собачка|равлик|маймунско)\s|골뱅이|アット|\sat\s(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|gmx|yandex)\.)"
)
"""Without one of them no address is spelt out (RE2 syntax)."""
RECOGNISER = Recogniser(Kind.EMAIL, "@|" + _SIGNS, _spans)


@cache
def _is_spelt() -> Gate:
    return fast_gate([_SIGNS + r"|\s@|@\s|\s\.\s?[a-z]{2}"])
