# ruff: noqa: E501 (a form reads best in one line)
"""Keys, tokens and passwords: in the vendors' forms, or random-looking where a text says what they are."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from export.personal_data.placeholders import is_placeholder
from export.personal_data.recognisers.vendors import VENDORS
from export.personal_data.span import Kind, Recogniser, Span
from export.personal_data.vetoes import overlaps

_UNKNOWN = re.compile(
    r"(?<![\w./-])(?!sha\d|md5|integrity|data)[a-z][a-z0-9]{1,11}[_-](?:[a-z]{2,8}[_-])?(?=[a-zA-Z]{0,40}\d)(?=[a-z0-9]{0,40}[A-Z])(?=[A-Z0-9]{0,40}[a-z])[A-Za-z0-9]{32,90}(?![\w-])",
    re.ASCII,
)
"""A short word and pure chance behind it: what a vendor that nobody has told us of hands out."""
_NAMES = list(VENDORS)
_VENDOR = re.compile(r"(?<![\w.-])(?:" + "|".join(f"({form})" for form in VENDORS.values()) + r")(?![\w-])", re.ASCII)
_LABEL = (
    r"(?:api[ _-]?key|session(?:[ _-]?(?:id|token|key))?|cookie|secret(?:[ _-]?(?:access)?[ _-]?key)?|access[ _-]?(?:key|token)|auth(?:orization)?[ _-]?token|authorization|token|bearer"
    r"|private[ _-]?key|client[ _-]?secret|pass(?:word|wd|phrase|code)|pwd|credentials?|contraseña|mot de passe|passwort|kennwort"
    r"|senha|wachtwoord|hasło|пароль|密码|密碼|パスワード|비밀번호|şifre|mật khẩu|kata sandi|seed phrase)"
)
_ASSIGNED = re.compile(
    rf"(?i){_LABEL}\w{{0,24}}(?:\s(?:for|to|of|für|para|pour|per|voor)\s[^\n:=.]{{1,30}}?)?[\"'`]?(?P<sign>\s?(?::=|=>|[:=：])\s?|\s(?:is|was|ist|est|es|é|è|jest)\s:?|\s?(?:是|为|為|は|은|는)[：:]?\s?|\s)(?:(?:bearer|basic|session(?:id)?=)\s?)?"
    r"[\"'`“]?(?P<value>[^\s\"'`“”,;<>()\[\]]{8,200})"
)
_PASSWORD = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase|code)|pwd|contraseña|mot de passe|passwort|kennwort|senha|wachtwoord|hasło|пароль|密码|密碼|パスワード|비밀번호|şifre|mật khẩu|kata sandi)(?![\w-])"
)
_CALL = re.compile(
    r"(?i)(?:^|\.)(?:os|env|process|config|settings|self|request|getenv|environ)\.|\w\(|::|->|^\w+\.\w+(?:\.\w+)*$|^https?:|^/|@\w+\.\w+$"
)
_SEED = re.compile(
    r"(?i)(?:seed|recovery|mnemonic|secret|backup)\s(?:phrase|words?)\W{1,4}(?:(?:is|are)\W{1,2})?(?P<value>(?:[a-z]{3,8}\s){11,23}[a-z]{3,8})"
)
SPREAD = 2.5
"""Bits a character: words have less, once their characters are mixed with digits or signs."""


def entropy(value: str) -> float:
    """Return Shannon's entropy of a value's characters, in bits a character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


def _looks_random(value: str) -> bool:
    """Tell a key or a password from a word: it mixes kinds of characters, and repeats few of them."""
    kinds = [
        any(each.isdigit() for each in value),
        any(each.isupper() for each in value[1:]) and any(each.islower() for each in value),
        any(each in "!#$%^&*+?~=@/" for each in value.rstrip("?.=")),
    ]
    digits = sum(each.isdigit() for each in value)
    capitals = sum(each.isupper() for each in value) / len(value)
    if len(value) >= 20 and value.isalpha() and value.isascii() and 0.3 <= capitals <= 0.7:
        return entropy(value) >= SPREAD + 1
    return any(kinds) and (digits >= 2 or sum(kinds) >= 2) and not value.isdigit() and entropy(value) >= SPREAD


def _said_password(match: re.Match[str]) -> bool:
    """Tell whether a text says in plain words, or by a sign, that a password follows."""
    return _PASSWORD.match(match[0]) is not None and not match["sign"].isspace()


def _is_mixed(value: str) -> bool:
    """Tell what a person may have thought up from a word: letters, and digits at its end."""
    return re.fullmatch(r"[^\W\d_][\w.-]*[a-z]\d{1,4}[!?.]?", value) is not None


def _spans(text: str) -> Iterator[Span]:
    ends: list[tuple[int, int]] = []
    for match in _VENDOR.finditer(text):
        if _is_no_key(match[0]):
            continue
        ends.append(match.span())
        yield Span(*match.span(), Kind.SECRET, _NAMES[(match.lastindex or 1) - 1])
    for match in _UNKNOWN.finditer(text):
        if not overlaps(ends, *match.span()) and not _is_no_key(match[0]) and entropy(match[0]) >= SPREAD + 1.5:
            yield Span(*match.span(), Kind.SECRET, "prefix")
    for match in _ASSIGNED.finditer(text):
        value = match["value"].rstrip(".!?:")
        start = match.start("value")
        if (
            not overlaps(ends, start, start + len(value))
            and not is_placeholder(value)
            and not _CALL.search(value)
            and (_looks_random(value) or (_said_password(match) and _is_mixed(value)))
        ):
            yield Span(start, start + len(value), Kind.SECRET, "entropy in context")

    for match in _SEED.finditer(text):
        yield Span(*match.span("value"), Kind.SECRET, "seed phrase")


def _is_no_key(value: str) -> bool:
    """Long random values hold a run of letters by chance: only words that say so count."""
    said = re.search(r"(?i)example|your|xxxx|\.\.\.|placeholder|dummy|abcdef|1234567|changeme|redacted|fake", value)
    return said is not None or len(set(value[8:])) < 6


RECOGNISER = Recogniser(
    Kind.SECRET,
    r"(?i)key|authorization|secret|session|cookie|mnemonic|recovery|token|bearer|passw|passphrase|passcode|pwd|credential|contraseña|mot de passe|kennwort|senha|wachtwoord"
    r"|hasło|пароль|密码|密碼|パスワード|비밀번호|şifre|mật khẩu|kata sandi|seed phrase"
    r"|\b[a-z][a-z0-9]{1,11}[_-](?:[a-z]{2,8}[_-])?[A-Za-z0-9]{32}|\bsk-|nvapi-|A[KSBC][IC]A[A-Z2-7]{16}|gh[pousr]_|github_pat|gl(?:pat|dt|rt|cbt|ptt|ft|agent|sa|c)[-_]|xox[a-s]-|xapp-|hooks\.slack"
    r"|k_(?:live|test)_|whsec_|AIza|ya29|GOCSPX|1//0|\b(?:SK|AC)[0-9a-f]{32}|SG\.|[0-9a-f]-us\d|xkeysib|npm_|pypi-|rubygems_|dckr_"
    r"|\bhf_|api_org_|r8_|gsk_|xai-|pplx-|lsv2_|tvly-|pcsk_|_v1_|shp(?:at|ca|pa|ss)_|sq0|\d{8}:AA|\.[\w-]{6}\.[\w-]|webhooks/"
    r"|\bsl\.|dapi|NR(?:AK|II)-|sntry|PMAK-|ntn_|lin_(?:api|oauth)|ATATT3|\bpat[a-z0-9]{14}\.|fig[du]_|\bdp\.|hv[sbr]\.|atlasv1|pul-"
    r"|[sp]k-lf-|\bsk_|\bfw_|\bph[cx]_|\bre_|rzp_|FLW|\bpat-|\b(?:sdk|api|mob)-|dt0|CFPAT|sgp_|tfp_|\bpn[ub]_|rdme_|mlsn|oy2|AKCp|APA91b|A{20}|access_token\$|hooks\.zapier|://[0-9a-f]{32}|SCW|LTAI|AKID|AQVN|y0_|t1\.|sb(?:p|_secret|_publishable)_|pscale_|nfp_|fo1_|FlyV1|eyJ|EAA|bk(?:ua|ct)_",
    _spans,
)
