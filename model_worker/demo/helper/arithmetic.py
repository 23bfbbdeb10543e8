"""The skill of reckoning: finds a calculation in a message, works it out and shows the way."""

import re
from collections.abc import Sequence
from fractions import Fraction

from model_worker.demo.helper.evaluation import Evaluation, Impossible, Step
from model_worker.demo.helper.expression import (
    NAMES,
    Call,
    Name,
    Number,
    Operation,
    Sign,
    Tree,
    Unreadable,
    read,
    spell_out,
)
from model_worker.demo.helper.figures import Value, as_latex, fraction, is_written_exactly, plain

_BEFORE = re.compile(
    r"^\s*(?:(?:hi|hello|hey|ok|okay|so|and|now|then|please|pls|well|can you|could you|tell me|show me|give me|work out"
    r"|calculate|compute|evaluate|solve|add up|reckon|what is|what's|whats|what are|how much is|how much are"
    r"|how many is|do you know|the (?:value|sum|result) of|i want to know|take|is)\b[\s,:!]*)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:\s|[=?!.:](?!\d)|\b(?:please|for me|right|correct|true|thanks?|thank you|equals?|is)\b)*$", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"^(?:\+|-(?!\s*\d+\s*[-+*/^(])|\*|/|(?:times|plus|minus|divided by|multiplied by|squared|cubed|to the power)\b)",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"(?:[-(.]\s*)*\d(?:[\d\s.,()+*/^%!×÷·−²³√-]|(?<=%) of (?=[\d(]))*[\d)!%²³]")
_SIGN = re.compile(r"[-+*/^%!×÷·−²³√]|\b(?:plus|minus|times|over|sqrt|mod)\b")
_MANY_STEPS = 8
_LONG_NUMBER = 60


def find_calculation(text: str) -> str:
    """Return the part of a message that may be a calculation, spelled with signs; empty if there is none."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    bare = _BEFORE.sub("", line)
    bare = _AFTER.sub(
        lambda match: "!" if match[0].startswith("!") and _is_factorial(bare, match.start()) else "", bare, count=1
    )
    spelled = spell_out(f"ans {bare}" if _GOES_ON.match(bare) else bare)
    words = re.findall(r"(?<![\d.])[a-z]+\d?", spelled)
    if (
        bare
        and all(word in NAMES or word in {"mod", "x"} for word in words)
        and re.search(r"\d|\bans\b|pi|tau", spelled)
    ):
        return spelled
    inside = [match[0] for match in _INSIDE.finditer(line) if _SIGN.search(match[0][1:])]
    return spell_out(max(inside, key=len)) if inside else ""


def _is_factorial(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isdigit() and text[at : at + 2] in {"!", "!?", "! "}


def reckon(earlier: Sequence[str], text: str) -> str | None:
    """Answer a calculation; None if there is none. `earlier` messages are worked through for the result before."""
    spelled = find_calculation(text)
    if not spelled:
        return None
    if re.search(r"(?<![a-z])x(?![a-z])", spelled):
        return "I do not solve for unknowns; with numbers in place of the letters I can help."
    left, equals, right = spelled.partition("=")
    try:
        if equals:
            return _compared(left, right)
        tree = read(spelled)
    except Unreadable as error:
        return _stumbled(spelled, error) if _SIGN.search(spelled) else None
    if isinstance(tree, Number | Name):
        return None
    before = last_result(earlier) if "ans" in spelled else None
    work = Evaluation(before)
    try:
        value = work.value(tree)
    except Impossible as error:
        return str(error)
    told = _told(spelled, tree, value, work.steps)
    return told if before is None else f"Going on from {plain(before)}:\n\n{told}"


def last_result(messages: Sequence[str]) -> Value | None:
    """Return what the last calculation among some messages gave."""
    result: Value | None = None
    for message in messages:
        try:
            spelled = find_calculation(message)
            result = Evaluation(result).value(read(spelled)) if spelled else result
        except (Unreadable, Impossible):
            continue
    return result


def _compared(left: str, right: str) -> str:
    try:
        one, other = Evaluation().value(read(left)), Evaluation().value(read(right))
    except Impossible as error:
        return str(error)
    if one == other:
        return f"Yes: both sides are **{plain(one)}**."
    return f"No: the left side is **{plain(one)}**, the right side **{plain(other)}**."


def _stumbled(spelled: str, error: Unreadable) -> str:
    pointer = " " * error.at + "^"
    return f"I read this as arithmetic, but I stumbled: {error}.\n\n```text\n{spelled}\n{pointer}\n```"


def _told(spelled: str, tree: Tree, value: Value, steps: Sequence[Step]) -> str:
    result = plain(value)
    if len(result) > _LONG_NUMBER:
        digits = sum(character.isdigit() for character in result)
        return f"That is a number of **{digits:,} digits**:\n\n```text\n{result.replace(',', '')}\n```"
    answer = [f"**{_headline(value, divided='/' in spelled)}**"]
    formula = _formula(tree, value)
    if len(formula) < 200:
        answer.append(f"$${formula}$$")
    if 2 <= len(steps) <= _MANY_STEPS:
        rows = "\n".join(f"| {number} | {step.what} | {step.gives} |" for number, step in enumerate(steps, start=1))
        answer.append(f"| Step | Take | Get |\n| ---: | :--- | ---: |\n{rows}")
    return "\n\n".join(answer)


def _headline(value: Value, *, divided: bool) -> str:
    if is_written_exactly(value):
        if isinstance(value, Fraction) and 1 < value.denominator <= 100 and divided:
            return f"{fraction(value)} = {plain(value)}"
        return plain(value)
    if isinstance(value, Fraction) and value.denominator < 10_000:
        return f"{fraction(value)} ≈ {plain(value)}"
    return f"≈ {plain(value)}"


def _formula(tree: Tree, value: Value) -> str:
    sign = "=" if is_written_exactly(value) else r"\approx"
    return f"{latex(tree)} {sign} {as_latex(plain(value))}"


_STRENGTH = {"+": 1, "-": 1, "*": 2, "//": 2, "mod": 2, "/": 5, "**": 4}
_OPERATORS = {"+": "+", "-": "-", "*": r"\times", "//": r"\operatorname{div}", "mod": r"\bmod"}


def latex(tree: Tree) -> str:
    """Write an expression in LaTeX, with parentheses only where they are needed."""
    match tree:
        case Number(value):
            return as_latex(plain(value))
        case Name(name):
            return {"ans": r"\text{ans}", "pi": r"\pi", "tau": r"\tau"}.get(name, name)
        case Sign(of):
            return f"-{_inside(of, 3)}"
        case Operation("/", left, right):
            return rf"\frac{{{latex(left)}}}{{{latex(right)}}}"
        case Operation("**", left, right):
            return f"{_inside(left, 5, fractions=False)}^{{{latex(right)}}}"
        case Operation(operator, left, right):
            strength = _STRENGTH[operator]
            return f"{_inside(left, strength)} {_OPERATORS[operator]} {_inside(right, strength + 1)}"
        case Call(function, arguments):
            return _call(function, arguments)


def _call(function: str, arguments: tuple[Tree, ...]) -> str:
    inside = ", ".join(map(latex, arguments))
    match function:
        case "!":
            return f"{_inside(arguments[0], 5, fractions=False)}!"
        case "%":
            return rf"{_inside(arguments[0], 5)}\%"
        case "sqrt":
            return rf"\sqrt{{{inside}}}"
        case "cbrt":
            return rf"\sqrt[3]{{{inside}}}"
        case "abs":
            return rf"\left|{inside}\right|"
        case _:
            return rf"\operatorname{{{function}}}\left({inside}\right)"


def _inside(tree: Tree, strength: int, *, fractions: bool = True) -> str:
    weaker = (isinstance(tree, Sign) and strength > 1) or (
        isinstance(tree, Operation)
        and (_STRENGTH[tree.operator] < strength or (tree.operator == "/" and not fractions))
    )
    return rf"\left({latex(tree)}\right)" if weaker else latex(tree)
