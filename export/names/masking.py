"""Where no name is looked for: code, addresses in the net, identifiers."""

import re
from functools import cache

from export.personal_data.gate import Gate, fast_gate

_FILES = "com|org|net|io|py|js|ts|md|txt|json|html|css|java|cpp|pdf|csv|xml|yml|sh|exe|dll"
_QUIET = re.compile(
    r"^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)"  # fenced code
    r"|`[^`\n]+`"
    r"|\b\w+://\S+|\bwww\.\S+"
    r"|[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|\b\w{0,80}_\w+\b"  # identifiers, and the marks of names: NAME_3
    rf"|\b[\w-]{{1,80}}\.(?:{_FILES})\b\S*"
    r"|</?\w[^<>\n]{0,200}>"
    r"|(?<!\w)[@#$]\w+"
    r"|\[[A-Z_]+\]",  # marks of personal data
    re.MULTILINE | re.DOTALL,
)


def masked(text: str) -> str:
    """Return a text of the same length, with zeros where no name is looked for."""
    return _QUIET.sub(lambda match: "0" * len(match.group()), text) if _gate()(text) else text


@cache
def _gate() -> Gate:
    """Return what tells at once that a text holds nothing of the kind, as most do."""
    return fast_gate([rf"[`_@]|~~~|://|www\.|\.(?:{_FILES})|<|[#$][^ ]|\[[A-Z_]"])
