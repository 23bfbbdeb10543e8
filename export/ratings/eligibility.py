"""Which votes count: what speaks against each. Every vote that is left out is counted, under one of its reasons.

What the ledger recorded beside a vote always speaks against it, unless a recipe allows it. What is told from the texts
speaks against it only where a recipe wants that.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from arena.errors import SetupError
from export.ratings.said import Said, said_in
from export.ratings.scale import Flags

VERSION = "1"
"""Of the rules that look at texts."""
PERHAPS = ("anony", "reasons")
"""Columns that are looked at where there are any."""
_VOTERS = ("judge", "evaluation_session_id")


class Reason(StrEnum):
    """What may speak against a vote. A ledger may know further ones."""

    NOT_ANONYMOUS = "not_anonymous"
    """The names were known when the vote was cast."""
    STOPPED_ANSWER = "stopped_answer"
    """The visitor stopped an answer."""
    FORGOTTEN = "forgotten"
    """The voter had everything deleted."""
    EXCLUDED_VOTER = "excluded_voter"
    """The recipe leaves this voter out."""
    UNANSWERED = "unanswered"
    """A side did not answer every message."""
    IDENTITY_ASKED = "identity_asked"
    """The visitor asked who is answering."""
    IDENTITY_LEAK = "identity_leak"
    """An answer says who it is from."""


BY_TEXT = (Reason.UNANSWERED, Reason.IDENTITY_ASKED, Reason.IDENTITY_LEAK)

_FIRMS = (
    r"openai|chat ?gpt|gpt[- ]?\d[\w.-]*|anthropic|claude|google(?: deepmind)?|deepmind|gemini|gemma|bard|palm[- ]?2"
    r"|meta(?: ai)?|llama[- ]?\d?[\w.-]*|mistral(?: ai)?|mixtral|qwen|tongyi|alibaba|deepseek|grok|xai|cohere"
    r"|command[- ]r|microsoft|copilot|phi[- ]?\d|vicuna|lmsys|alpaca|koala|dolly|falcon|yi[- ]\d+b|01\.ai|zhipu|chatglm"
    r"|moonshot|kimi|baidu|ernie|minimax|nvidia|nemotron|amazon nova|reka|jamba|inflection|perplexity"
)
_LEAK = re.compile(
    rf"\b(?:I am|I'm|my name is|I go by|ich bin|ich heiße|mein name ist|je suis|je m'appelle|soy|me llamo|eu sou|sono"
    rf"|меня зовут|я)\b[^.!?\n]{{0,60}}\b(?:{_FIRMS})\b"
    rf"|\b(?:made|created|developed|trained|built|designed|entwickelt|trainiert|développé|créé|desarrollado|creado)"
    rf" (?:and trained )?(?:by|von|par|por) (?:the company )?(?:{_FIRMS})\b"
    rf"|我(?:是|叫)[^。！？\n]{{0,30}}(?:{_FIRMS}|通义|文心|智谱)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:who|what) (?:are|r) (?:you|u)\b(?! (?:going|doing|talking|looking|trying|saying|thinking|up|waiting))"
    r"|\b(?:what|which) (?:\w+ ){0,3}(?:model|llm|ai|chatbot|version|assistant) (?:are|is|am i) (?:you|this|talking)"
    r"|\b(?:who|which company) (?:made|created|built|trained|developed|designed) you\b"
    r"|\b(?:what is|what's|tell me|say) your (?:name|model|version|creator|developer)\b"
    rf"|\bare you (?:really |actually )?(?:{_FIRMS})\b"
    r"|\b(?:tell|say|reveal)\b[^.!?\n]{0,30}\b(?:who|which model) you are"
    r"|\bwer (?:bist du|sind sie)\b|\bwelches (?:sprach)?modell bist du\b"
    r"|\bwer hat dich (?:gemacht|entwickelt|trainiert)"
    r"|\bqui es[- ]tu\b|\bqui êtes[- ]vous\b|\bqui t'a (?:créé|entraîné|développé)|\bquel modèle (?:es[- ]tu|êtes)"
    r"|\bquién eres\b|\bqué modelo eres\b|\bquién te (?:creó|entrenó|desarrolló)|\bquem é você\b|\bqual modelo você"
    r"|\bкто ты\b|\bкакая ты модель\b|\bкто тебя (?:создал|обучил)"
    r"|你是谁|你是什么模型|你叫什么|谁(?:开发|训练|创造)了?你|あなたは誰|どのモデル",
    re.IGNORECASE,
)


def text_reasons(said: Said, models: Sequence[str]) -> Iterator[Reason]:
    """Yield what the texts say against a vote. `models` are the names of those that answered."""
    answers = (*said.answers_a, *said.answers_b)
    if any(len(side) < len(said.prompts) or not all(map(str.strip, side)) for side in (said.answers_a, said.answers_b)):
        yield Reason.UNANSWERED
    if any(_ASKED.search(each) for each in said.prompts):
        yield Reason.IDENTITY_ASKED
    if any(_LEAK.search(each) or _names(each, models) for each in answers):
        yield Reason.IDENTITY_LEAK


def _names(answer: str, models: Sequence[str]) -> bool:
    """Whether an answer holds the name of who gave it or of its rival, as a word that is no everyday one."""
    low = answer.lower()
    return any(
        re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", low) is not None
        for name in models
        if any(each.isdigit() or each == "-" for each in name)
    )


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Which reasons a board heeds."""

    allow: tuple[str, ...] = ()
    """Recorded reasons that shall not speak against a vote."""
    leave_out: tuple[str, ...] = ()
    """Reasons told from the texts that shall."""
    excluded_voters: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in self.leave_out:
            if name not in BY_TEXT:
                raise SetupError(f"--leave-out: {name!r} is not one of {', '.join(BY_TEXT)}")
        if Reason.FORGOTTEN in self.allow:
            raise SetupError(f"--allow: votes of people who had everything deleted ({Reason.FORGOTTEN}) never count")

    @property
    def needs_texts(self) -> bool:
        """Whether one must know what was said."""
        return bool(self.leave_out)

    def judge(self, batch: pa.RecordBatch, left_out: Counter[str], said: Sequence[Said] | None = None) -> Flags:
        """Say which rows count, and add up in `left_out` why the others do not. `said` are the rows' texts if known."""
        kept = np.ones(batch.num_rows, np.bool_)
        for reason, against in self._against(batch, kept, said):
            left_out[reason] += int((kept & against).sum())
            kept &= ~against
        return kept

    def _against(self, batch: pa.RecordBatch, kept: Flags, said: Sequence[Said] | None) -> Iterator[tuple[str, Flags]]:
        """Yield reasons and against which rows each speaks. `kept` are the rows against which none does so far."""
        names = batch.schema.names
        if "anony" in names and Reason.NOT_ANONYMOUS not in self.allow:
            yield Reason.NOT_ANONYMOUS, ~_flags(pc.fill_null(batch.column("anony").cast(pa.bool_()), True))
        if "reasons" in names:
            yield from self._recorded(batch.column("reasons"))
        voters = next((name for name in _VOTERS if name in names), None)
        if self.excluded_voters and voters is not None:
            excluded = pa.array(sorted(self.excluded_voters), pa.string())
            told = pc.SetLookupOptions(value_set=excluded)
            yield (
                Reason.EXCLUDED_VOTER,
                _flags(pc.call_function("is_in", [batch.column(voters).cast(pa.string())], told)),
            )
        if self.leave_out:
            yield from self._told_by_texts(batch, kept, said_in(batch) if said is None else said)

    def _recorded(self, column: pa.Array) -> Iterator[tuple[str, Flags]]:
        if pa.types.is_string(column.type):  # CSV knows no lists
            column = pc.call_function("split_pattern", [column], pc.SplitPatternOptions(","))
        several = pc.fill_null(pc.call_function("list_value_length", [column]), 0).to_numpy(zero_copy_only=False)
        found: dict[str, Flags] = {}
        for row in np.flatnonzero(several).tolist():
            for reason in column[row].as_py():
                if reason and reason not in self.allow:
                    found.setdefault(reason, np.zeros(len(column), np.bool_))[row] = True
        yield from sorted(found.items())

    def _told_by_texts(self, batch: pa.RecordBatch, kept: Flags, said: Sequence[Said]) -> Iterator[tuple[str, Flags]]:
        models = list(zip(batch.column("model_a").to_pylist(), batch.column("model_b").to_pylist(), strict=True))
        found = {reason: np.zeros(len(said), np.bool_) for reason in self.leave_out}
        for row in np.flatnonzero(kept).tolist():
            for reason in text_reasons(said[row], models[row]):
                if reason in found:
                    found[reason][row] = True
        yield from found.items()


def _flags(column: pa.Array) -> Flags:
    return column.to_numpy(zero_copy_only=False).astype(np.bool_)
