# ruff: noqa: E501 (a form reads best in one line)
"""Keys, tokens and passwords: in the vendors' forms, or random-looking where a text says what they are."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from export.personal_data.gate import Gate, fast_gate, windows
from export.personal_data.placeholders import is_placeholder
from export.personal_data.recognisers.chance import SPREAD, entropy, is_chance, is_drawn, is_mixed, looks_random
from export.personal_data.recognisers.vendors import VENDORS
from export.personal_data.span import Kind, Recogniser, Span
from export.personal_data.vetoes import overlaps

_UNKNOWN = re.compile(
    r"(?<![\w./-])(?!sha\d|md5|integrity|data)[a-z][a-z0-9]{1,11}[_-](?:[a-z]{2,8}[_-])?(?=[a-zA-Z]{0,40}\d)(?=[a-z0-9]{0,40}[A-Z])(?=[A-Z0-9]{0,40}[a-z])[A-Za-z0-9]{32,90}(?![\w-])",
    re.ASCII,
)
"""A short word and pure chance behind it: what a vendor that nobody has told us of hands out."""
_NAMES = list(VENDORS)
_VENDOR = re.compile(
    r"(?:(?<![\w.-])|(?<=/bot))(?=\S{20}|-----BEGIN|FlyV1 )(?:"
    + "|".join(f"({form})" for form in VENDORS.values())
    + r")(?![\w-])",
    re.ASCII,
)
_CALLED = (
    r"(?:pass(?:word|wd|phrase|code)|pwd|(?<![A-Za-z])(?:mdp|psw|pswd)|(?<![A-Za-z])(?:pw|pass(?=[\"']?\s?[:=]))|contraseña|contrasenya|(?<![A-Za-z])clave|mot de passe|passwort|kennwort|senha|wachtwoord|hasł[oe]m?|lösenord(?:et)?|passord(?:et)?"
    r"|adgangskode|kodeord|salasana(?:ni)?|heslo|jelsz[óa]\w{0,2}|(?<![A-Za-z])parola?(?:m|sı)?(?![A-Za-z])|lozinka|geslo|slaptažodis|şifrem?|mật khẩu|kata (?:sandi|laluan)|парол[ьяіа]\w{0,3}|лозинк[аи]"
    r"|κωδικός(?: πρόσβασης)?|密码|密碼|口令|パスワード|비밀번호|كلمة (?:المرور|السر|مرور)|رمز عبور|گذرواژه|סיסמ[הא]\w{0,2}|पासवर्ड|পাসওয়ার্ড|รหัสผ่าน)"
)
"""What passwords are called."""
_LABEL = (
    r"(?:api[ _-]?key|(?:app|admin|master|encryption|signing|service|account|license|shared|server|subscription|function|host|storage|auth|deploy|webhook|integration|ingest|write|sdk)[ _-]?key(?=[\"']?\]?\s?[:=,])|(?:wpa[23]?|wi-?fi|wlan|network|router)[ _-]?(?:psk|key|schlüssel)|(?-i:_PASS)(?![A-Z])|(?<![A-Za-z])_?auth(?=[\"']?\s?[:=])|(?-i:\bPAT\b)|session(?:[ _-]?(?:id|token|key))?|cookie|secret(?:[ _-]?(?:access)?[ _-]?key)?|access[ _-]?(?:key|token)|auth(?:orization)?[ _-]?token|authorization|token|bearer|ssws"
    r"|private[ _-]?key|client[ _-]?secret|credentials?|密钥|密鑰|ключ|llave secreta|clé (?:secrète|api)"
    rf"|seed phrase|{_CALLED})"
)
_ASSIGNED = re.compile(
    rf"(?i){_LABEL}\w{{0,24}}(?:\s(?:for|to|of|für|para|pour|per|voor)\s[^\n:=.]{{1,30}}?|\s(?:wi-?fi|wlan|mea|mia|new|neues|nueva|root|admin))?[\"'`]?\]?(?P<sign>\s?(?::=|=>|[:=：])\s?|\s?,\s?(?=[\"'`])|\s(?:is|was|ist|war|lautet|est|es|e|é|è|jest|är|er|on|este|je|to|это|is now)\s:?|\s?(?:是|为|為|は|은|는)[：:]?\s?|\s|>)(?:(?:bearer|basic|token|ssws|bot|apikey|session(?:id)?=)\s?)?"
    r"[\"'`“]?(?P<value>(?<=[\"'`])[^\s\"'`]{8,200}(?=[\"'`])|[^\s\"'`“”,;<>()\[\]]{8,200})"
)
_PASSWORD = re.compile(rf"(?i){_CALLED}(?![\w-])")
_CALL = re.compile(
    r"(?i)(?:^|\.)(?:os|env|process|config|settings|self|request|getenv|environ)\.|\w\(|::|->|^https?:|^/|@\w+\.\w+$"
)
_ATTRIBUTE = re.compile(r"\w+\.\w+(?:\.\w+)*")
"""A value that a program takes from somewhere, or a password with a dot."""
_SWITCH = re.compile(
    r"(?:\bsshpass\s+-p|\bmysql(?:dump|admin)?\b[^\n]{0,80}?\s-p|\bredis-cli\b[^\n]{0,60}?\s-a|\bcurl\b[^\n]{0,120}?\s(?:-u|--user)\s?[\"']?[\w.@-]{1,40}:"
    r"|\bdocker login\b[^\n]{0,80}?\s-p)\s?[\"']?(?P<value>[^\s\"']{6,80})"
)
"""What commands take for a password."""
_MAIL = re.compile(
    r"(?i)(?:\bapp(?:lication)?[\s_-]?pass(?:word|code)?|(?:smtp|mail)[\w.]{0,12}pass(?:word)?)[\"']?(?: is)?\W{1,6}(?P<value>[a-z]{4}(?: [a-z]{4}){3})(?!\w)"
)
"""What mail providers hand out to programs: sixteen letters in fours."""
_SAID_BEHIND = re.compile(
    r"(?i)(?<!\S)(?P<value>[^\s\"'`]{8,130})\s(?:is|was|are|ist|war|es|est|è|är)\s(?:my|our|the|his|her|their|mein|unser|mi|mon|notre|la|il mio|mitt)\s(?:\w{2,15}[ -]){0,2}(?:password|passphrase|passwort|contraseña|mot de passe|(?:api|client|app)[ -]?secret|token|(?:api|secret|encryption|private|access|signing|licen[cs]e)[ -]?key)(?! [a-z]{5}|\w)"
)
"""What it was is said behind it."""
_PAIR = re.compile(
    r"(?i)\b(?:log-?ins?|creds?|credentials|zugangsdaten|user(?:name)?|benutzer(?:name)?|usuario|identifiants?|logowanie)\s?[:=]\s?[\w.@+-]{2,60}\s?[/|]\s?(?P<value>[^\s\"'`,;/|]{6,60})"
)
"""A user and a password in one line."""
_SEED = re.compile(
    r"(?i)(?:seed|recovery|mnemonic|secret|backup)\s(?:phrase|words?)\W{1,4}(?:(?:is|are)\W{1,2})?(?P<value>(?:[a-z]{3,8}\s){11,23}[a-z]{3,8})"
)
_LISTED = 24
"""Characters: what is shorter, and follows a word in a list, is another word."""


def _said_password(match: re.Match[str]) -> bool:
    """Tell whether a text says in plain words, or by a sign, that a password follows."""
    return _PASSWORD.match(match[0]) is not None and not match["sign"].isspace()


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
    yield from _said_before(text, ends)
    for form, rule, proof in (_FORMS[index] for index in _in_sentences()(text)):
        for match in form.finditer(text):
            value = match["value"]
            if not is_placeholder(value) and proof(value):
                yield Span(*match.span("value"), Kind.SECRET, rule)


def _said_before(text: str, ends: list[tuple[int, int]]) -> Iterator[Span]:
    """Yield what follows a word for it, but for what a vendor's form has found."""
    for match in (each for part in _labelled()(text) for each in _ASSIGNED.finditer(text, *part)):
        value = match["value"].rstrip(".!?:")
        start = match.start("value")
        is_listed = match["sign"].strip() == "," and len(value) < _LISTED
        if overlaps(ends, start, start + len(value)) or is_placeholder(value) or is_listed:
            continue
        is_thought_up = _said_password(match) and "=" not in match["sign"] and sum(map(str.isdigit, value)) >= 2
        if _CALL.search(value) or (_ATTRIBUTE.fullmatch(value) and not is_thought_up):
            proven = text[start - 1] in "\"'`" and is_chance(value)
        else:
            proven = looks_random(value) or (_said_password(match) and (is_mixed(value) or is_drawn(value)))
        if proven:
            yield Span(start, start + len(value), Kind.SECRET, "entropy in context")


def _is_given(value: str) -> bool:
    """Tell what a command may be given for a password."""
    return looks_random(value) or is_mixed(value) or is_drawn(value)


def _is_said(value: str) -> bool:
    return not _CALL.search(value) and not _ATTRIBUTE.fullmatch(value) and looks_random(value)


def _always(_: str) -> bool:
    return True


_FORMS: Sequence[tuple[re.Pattern[str], str, Callable[[str], bool]]] = (
    (_SWITCH, "command line", _is_given),
    (_SAID_BEHIND, "entropy in context", _is_said),
    (_PAIR, "entropy in context", _is_said),
    (_SEED, "seed phrase", _always),
    (_MAIL, "app password", _always),
)
"""Where a value stands in a sentence or a command, what that is called, and what proves it."""


def _is_no_key(value: str) -> bool:
    """Long random values hold a run of letters by chance: only words that say so count."""
    said = re.search(r"(?i)example|your|xxxx|\.\.\.|placeholder|dummy|abcdef|1234567|changeme|redacted|fake", value)
    return said is not None or len(set(value[8:])) < 6


_SAID = (
    r"(?i)key|auth[\"']? ?[:=]|\bPAT\b|authorization|secret|session|cookie|mnemonic|recovery|token|bearer|ssws|passw|passphrase|passcode|pwd|\bpw\b|\bmdp\b|\bpsw|wpa|(?:\b|_)pass\b|credential|\bcreds?\b|\blog-?ins?\s?[:=]|\buser(?:name)?\s?[:=]|benutzer|zugangsdaten|usuario|identifiant|contrase|\bclave|mot de passe|kennwort|senha|wachtwoord"
    r"|hasł|lösenord|passord|adgangskode|kodeord|salasana|heslo|jelsz|\bparol|lozinka|geslo|slaptaž|парол|лозинк|κωδικός|密码|密碼|口令|パスワード|비밀번호|كلمة|رمز عبور|گذرواژه|סיסמ|पासवर्ड|পাসওয়ার্ড|รหัสผ่าน|şifre|mật khẩu|kata (?:sandi|laluan)|密钥|密鑰|ключ|llave secreta|clé |seed phrase"
)
"""What labels have in them."""


@cache
def _in_sentences() -> Gate:
    """Tell which of `_FORMS` are worth trying."""
    return fast_gate(
        [
            r"sshpass|mysql|redis-cli|curl|docker login",
            r"(?i)\s(?:is|was|are|ist|war|es|est|è|är)\s(?:my|our|the|his|her|their|mein|unser|mi|mon|notre|la|il mio|mitt)\s",
            r"(?i)(?:log-?ins?|creds?|credentials|zugangsdaten|user|username|benutzer|benutzername|usuario|identifiants?|logowanie)\s?[:=]",
            r"(?i)(?:seed|recovery|mnemonic|secret|backup)\s(?:phrase|word)",
            r"(?i)pass(?:word|code)?[\"']?(?: is)?\W{1,6}[a-z]{4} [a-z]{4} [a-z]{4} ",
        ]
    )


@cache
def _labelled() -> Callable[[str], Iterator[tuple[int, int]]]:
    return windows(_SAID, 24, 340)


RECOGNISER = Recogniser(
    Kind.SECRET,
    _SAID + "|"
    r"\b[a-z][a-z0-9]{1,11}[_-](?:[a-z]{2,8}[_-])?[A-Za-z0-9]{32}|\bsk-|nvapi-|A[KSBC][IC]A[A-Z2-7]{16}|gh[pousr]_|github_pat|gl(?:pat|dt|rt|cbt|ptt|ft|agent|sa|c)[-_]|xox[a-s]-|xapp-|hooks\.slack"
    r"|\b[5KL][1-9A-HJ-NP-Za-km-z]{50}|\bsq[apu]_|CCIPAT|HRKU-|GR1348941|\dQ~|[0-9a-f]{32}-[0-9a-f]{8}|[012]/\d{16}[:/]|\bAQE|django-insec|wandb login|:\$(?:1|2[aby]|5|6|y|apr1)\$|webhook\.office|infura\.io|alchemy\.com|sshpass|\bmysql|redis-cli|\bcurl\b|docker login|k_(?:live|test)_|whsec_|AIza|ya29|GOCSPX|1//0|\b(?:SK|AC)[0-9a-f]{32}|SG\.|[0-9a-f]-us\d|xkeysib|npm_|pypi-|rubygems_|dckr_"
    r"|\bhf_|api_org_|r8_|gsk_|xai-|pplx-|lsv2_|tvly-|pcsk_|_v1_|shp(?:at|ca|pa|ss)_|sq0|\d{8}:AA|\.[\w-]{6}\.[\w-]|webhooks/"
    r"|\bsl\.|dapi|NR(?:AK|II)-|sntry|PMAK-|ntn_|lin_(?:api|oauth)|ATATT3|\bpat[a-z0-9]{14}\.|fig[du]_|\bdp\.|hv[sbr]\.|atlasv1|pul-"
    r"|[sp]k-lf-|\bsk_|\bfw_|\bph[cx]_|\bre_|rzp_|FLW|\bpat-|\b(?:sdk|api|mob)-|dt0|CFPAT|sgp_|tfp_|\bpn[ub]_|rdme_|mlsn|oy2|AKCp|APA91b|A{20}|access_token\$|hooks\.zapier|://[0-9a-f]{32}|SCW|LTAI|AKID|AQVN|y0_|t1\.|sb(?:p|_secret|_publishable)_|pscale_|nfp_|fo1_|FlyV1|eyJ|EAA|bk(?:ua|ct)_"
    r"|aio_|p8e-|ABSK|apify_|ATBB|CLOJARS_|v1\.0-[0-9a-f]{24}|duffel_|e2b_|EZ[AT]K|[0-9a-f]{12}:[0-9a-f]{32}|\bfc-[0-9a-f]{32}|fio-u-|AQ\.Ab8|[ps]at\.[\w-]{22}\.|\bico-|jina_|open\.(?:feishu|larks)|hook\.[a-z0-9.]{0,4}make|napi_|[A-Za-z0-9]{27}_[A-Za-z0-9]{21}|API-[A-Z0-9]{26}|sha256~"
    r"|access-(?:sandbox|development|production)-|[0-9a-f]msh[0-9a-f]|\brnd_|\brpa_|\bsk[A-Za-z0-9]{140}|shippo_|tskey-|tgp_v1|0x4AAA|oauth:|vercel_blob|\bvc[pirak]_|\bpa-[\w-]{43}|qyapi\.|[0-9a-f]{32}\.[A-Za-z0-9]{16}",
    _spans,
)
