"""Makes a model's Markdown safe to show while it streams: no foreign images, no raw HTML, mathematics in one notation.

Outside code three things change, and nothing else:

- `![alt](address)` becomes a link: a page that fetches images a model chose tells others who reads.
- `<` that could begin a tag becomes `&lt;`: HTML is shown as text, neither run nor swallowed.
- `$x$` becomes `\\(x\\)`, so that prices stay prices: by Pandoc's rule the marks have no space inside, no digit after.

Code is known by fences and backticks. Text that may still turn into one of these is held back until that is decided,
at most for about `LONGEST_HOLD` characters.
"""

import re

LONGEST_HOLD = 400
"""Characters after which an unclosed backtick, dollar or image is taken to be just that character."""

_PLAIN = re.compile(r"[^\\<!$`\n]+")
_LINE_HEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_LINE_HEAD_SO_FAR = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)]?)[ \t>]*)*")
_RUN = re.compile(r"`+|~+")
_FENCE = 3
"""Marks that make a fence."""
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?=\n|`{3}|~{3})")
_IMAGE = re.compile(rf"!\[([^\[\]\n]{{0,{LONGEST_HOLD}}})\](?=[(\[])")
_IMAGE_SO_FAR = re.compile(rf"!(\[([^\[\]\n]{{0,{LONGEST_HOLD}}}\]?)?)?|!+")
_MATHS = re.compile(rf"\$(?![\s$])([^$`\n]{{0,{LONGEST_HOLD}}}[^\s$`\\])\$(?!\d)")
_MATHS_SO_FAR = re.compile(rf"\$(?![\s$])[^$`\n]{{0,{LONGEST_HOLD + 1}}}\$?")
_NO_MATHS = re.compile(r"\\\)|!\[")
"""What would end the mathematics that dollars become, or be an image after that."""
_EXCLAMATIONS = re.compile(r"!+(?=\[)|!+")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")

_Step = tuple[int, str]
"""How many characters are taken, and what is shown for them."""


class Sanitiser:
    """Takes pieces of one answer, cut anywhere; gives back what may be shown."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._fence = ""
        self._at_line_start = True
        self._is_whole = False

    def feed(self, piece: str) -> str:
        """Take the next piece; return what is now certain."""
        self._text = self._text[self._at :] + piece
        self._at = 0
        shown: list[str] = []
        while self._at < len(self._text) and (step := self._step()) is not None:
            self._at += step[0]
            shown.append(step[1])
        return "".join(shown)

    def finish(self) -> str:
        """Nothing more comes: return what was held back."""
        self._is_whole = True
        return self.feed("")

    def _step(self) -> _Step | None:
        """Decide about the next characters; None while that is not possible."""
        if self._at_line_start:
            return self._line_start()
        if self._fence:
            return self._rest_of_line()
        if plain := _PLAIN.match(self._text, self._at):
            return self._as_is(plain.end())
        match self._text[self._at]:
            case "\n":
                self._at_line_start = True
                return self._as_is(self._at + 1)
            case "\\":
                return self._backslash()
            case "<":
                return self._angle()
            case "!":
                return self._exclamation()
            case "$":
                return self._dollar()
            case _:
                return self._backticks()

    def _line_start(self) -> _Step | None:
        window = self._at + LONGEST_HOLD
        so_far = _LINE_HEAD_SO_FAR.match(self._text, self._at, window)
        if so_far and self._may_go_on(so_far.end()):
            return None
        head = _LINE_HEAD.match(self._text, self._at, window)
        begins = head.end() if head else self._at
        if run := _RUN.match(self._text, begins):
            end = self._text.find("\n", run.end(), run.end() + LONGEST_HOLD) + 1
            is_cut = not end and len(self._text) < run.end() + LONGEST_HOLD
            if self._may_go_on(run.end()) or (len(run[0]) >= _FENCE and is_cut and not self._is_whole):
                return None
            if (end or is_cut) and self._turns_fence(run[0], self._text[run.end() : end or None]):
                return self._as_is(end or len(self._text))
        self._at_line_start = False
        return self._as_is(begins)

    def _turns_fence(self, run: str, rest: str) -> bool:
        """Whether this line opens or closes a fenced block; if so, do it."""
        if self._fence:
            turns = run.startswith(self._fence) and not rest.strip()
        else:
            turns = len(run) >= _FENCE and not (run[0] == "`" and "`" in rest)
        if turns:
            self._fence = "" if self._fence else run
        return turns

    def _rest_of_line(self) -> _Step:
        end = self._text.find("\n", self._at) + 1
        self._at_line_start = end > 0
        return self._as_is(end or len(self._text))

    def _backslash(self) -> _Step | None:
        if self._may_go_on(self._at + 1):
            return None
        is_escape = self._text[self._at + 1 : self._at + 2] not in ("", "\n")
        return self._as_is(self._at + 1 + is_escape)

    def _angle(self) -> _Step | None:
        if self._may_go_on(self._at + 1):
            return None
        return (1, "&lt;") if _TAG_START.match(self._text, self._at) else self._as_is(self._at + 1)

    def _exclamation(self) -> _Step | None:
        so_far = _IMAGE_SO_FAR.match(self._text, self._at)
        marks = _EXCLAMATIONS.match(self._text, self._at)
        if so_far is None or marks is None or self._may_go_on(max(so_far.end(), marks.end())):
            return None
        if image := _IMAGE.match(self._text, self._at):
            return (1, "") if image[1].strip() else (2, "[image")
        if self._text.startswith("[", marks.end()):
            return len(marks[0]), "\\!" * len(marks[0])
        return self._as_is(marks.end())

    def _dollar(self) -> _Step | None:
        if self._text.startswith("$$", self._at):
            return self._as_is(self._at + 2)
        so_far = _MATHS_SO_FAR.match(self._text, self._at)
        if so_far and self._may_go_on(so_far.end()):
            return None
        maths = _MATHS.match(self._text, self._at)
        if maths and not _NO_MATHS.search(maths[1]):
            return len(maths[0]), "\\(" + _TAG_START.sub("&lt;", maths[1]) + "\\)"
        return self._as_is(self._at + 1)

    def _backticks(self) -> _Step | None:
        run = _RUN.match(self._text, self._at)
        opened = run.end() if run else self._at + 1
        marks = self._text[self._at : opened]
        if self._may_go_on(opened):
            return None
        window = opened + LONGEST_HOLD
        paragraph_end = _PARAGRAPH_END.search(self._text, opened, window + _FENCE)
        limit = min(paragraph_end.start() if paragraph_end else len(self._text), window)
        is_cut = paragraph_end is None and len(self._text) <= window + _FENCE and not self._is_whole
        closing = re.compile(rf"(?<!`){marks}(?!`)").search(self._text, opened, limit + len(marks) + 1)
        if closing and closing.end() <= limit and not (is_cut and closing.end() == len(self._text)):
            return self._as_is(closing.end())
        return None if is_cut else self._as_is(opened)

    def _may_go_on(self, end: int) -> bool:
        """Whether more text could still change a match that ends here."""
        return not self._is_whole and end == len(self._text)

    def _as_is(self, end: int) -> _Step:
        return end - self._at, self._text[self._at : end]


def sanitise(text: str) -> str:
    """Return a whole answer as it may be shown."""
    sanitiser = Sanitiser()
    return sanitiser.feed(text) + sanitiser.finish()
