"""What of a prompt is human language: without code, addresses and formulas."""

import re

_FENCED = re.compile(r"(?s)(```+|~~~+).*?(?:\1|\Z)")
_INLINE_CODE = re.compile(r"`[^`\n]{1,400}`")
_FORMULA = re.compile(
    r"(?s)\$\$.{1,2000}?\$\$|\\\[.{1,2000}?\\\]|\\\(.{1,2000}?\\\)|\\begin\{(\w+\*?)\}.{1,4000}?\\end\{\1\}"
    r"|\$(?=\S)[^$\n]{1,200}(?<=\S)\$(?!\d)"
)
_ADDRESS = re.compile(
    r"\b(?:https?|ftps?|file|ssh|wss?)://\S+|\bwww\.\S+|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
    r"|(?<!\S)(?:~|\.{1,2})?/[\w.@%+-]+(?:/[\w.@%+-]+)+/?"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>")
_CODE_LINE = re.compile(
    r"^\s*(?:[})\]]+[;,]?\s*$|(?://|/\*|#include|#define|import \w|from [\w.]+ import|def \w+\(|class \w+.*[:{]\s*$"
    r"|(?:public|private|protected|static|const|let|var|func|fn|package|using|return|print)\b.*[;({=)]"
    r"|(?:async |await |return |raise |yield )\S+\s*$|(?:for|while|if|elif|else|try|except|with)\b[\x00-\x7f]*:\s*$"
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|FROM|WHERE|(?:LEFT |RIGHT |INNER |OUTER )*JOIN|GROUP BY"
    r"|ORDER BY|HAVING|LIMIT|VALUES|SET)\b|\$ \w|>>> |at [\w.$]+\(|[\"']{3}|[\"'][\w.-]+[\"']\s*:|@\w+\s*(?:\(|$)"
    r"|Traceback \(|[\w.]*(?:Error|Exception|Warning)\b.*:|(?:ERROR|WARN|WARNING|INFO|DEBUG|fatal|error)\b\s*[:\]]"
    r"|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|</?[a-zA-Z][^<>]*>[\x00-\x7f]*$)"
    r"|(?=.*[()=<>\[\]{}]|\s*(?:\S+\s+){0,3}\S+$)[\x00-\x7f]*[;{]\s*$"
    r"|\s*[\w.\[\]\"']+\s*(?:=|\+=|:=|=>)\s*\S|\s*[\w.]+\(.*\)\s*$"
    r"|[a-z]+ (?:ERR|WARN)!? |(?:for|while|until|if|elif) .*; ?(?:do|then)\s*$|case \S+ in\s*$"
    r"|(?:do|then|else|done|fi|esac)\s*$|[.#:*\w][^{}]*\{\s*[\w-]+\s*:[^{}]*;\s*\}\s*$"
    r"|\{\s*[\"'][\w -]+[\"']\s*:.*\},?\s*$|\[\s*[\d\"'{\[].*[\]}],?\s*$"
    r"|\s*-?\s*[\w./-]+:\s*[\x21-\x7e]+\s*$|\s+(?:- \S+|[\w./-]+:\s*)$)"
)
_ENDS = 300
_INDENTED = re.compile(r"(?:\t|  )[ \t]*\S")
_CODE_LINES = 2
"""So many, and what is indented belongs to them."""
_QUOTED = re.compile(r"\"[^\"\n]{16,600}\"|“[^”\n]{16,600}”|«[^»\n]{16,600}»|„[^“”\n]{16,600}[“”]")
_BESIDES = 25
"""Letters: with so many outside of quotations these are what the prompt says, and the rest is what it speaks of."""


def prose(text: str) -> str:
    """Return the human language in a text, in one line; empty if there is none.

    A fence that is never closed takes the rest of the text. Lines that look like code or a log go as well, and long
    quotations if there is enough besides them.
    """
    if "`" in text or "~~~" in text:
        text = _INLINE_CODE.sub(" ", _FENCED.sub(" ", text))
    if "$" in text or "\\" in text:
        text = _FORMULA.sub(" ", text)
    if "/" in text or "@" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    if "\n" in text:
        text = _without_code(text.split("\n"))
    if "<" in text:
        text = _TAG.sub(" ", text)
    return _unquoted(" ".join(printable(text).split()))


def _without_code(lines: list[str]) -> str:
    left = [line for line in lines if not _is_code(line)]
    if len(lines) - len(left) >= _CODE_LINES:
        left = [line for line in left if not _INDENTED.match(line)]
    return " ".join(left)


def _is_code(line: str) -> bool:
    """Look at a line's beginning and end, its spaces made single: patterns take no longer for what is made to last."""
    short = " ".join(line.split())
    if len(short) > _ENDS:
        short = short[: _ENDS // 2] + short[-_ENDS // 2 :]
    return _CODE_LINE.match(f" {short}" if line[:1].isspace() else short) is not None


def _unquoted(text: str) -> str:
    if '"' not in text and text.isascii():
        return text
    besides = _QUOTED.sub(" ", text).strip()
    return besides if letters(besides, _BESIDES) == _BESIDES else text


def printable(text: str) -> str:
    """Return the text with spaces for what is no character to be read: lone surrogates, controls, the unassigned."""
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)


def letters(text: str, enough: int) -> int:
    """Count a text's letters, up to `enough`."""
    found = 0
    for each in text:
        found += each.isalpha()
        if found >= enough:
            break
    return found
