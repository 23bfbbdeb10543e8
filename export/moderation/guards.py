"""Guard models that we serve ourselves: how each family is asked, and what its answer says.

They say words of their own, no calibrated scores: what they say is never put under the moderations API's categories.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from arena.errors import SetupError
from export.moderation.label_store import Exchange

SAFE, UNSAFE, CONTROVERSIAL = "safe", "unsafe", "controversial"
_ROLES = ("user", "assistant")


class Family(Protocol):
    """One kind of guard model."""

    @property
    def name(self) -> str:
        """What is released as the engine."""
        ...

    def requests(self, exchange: Exchange) -> Sequence[Mapping[str, Any]]:
        """Return the bodies of the requests (Chat Completions) by which an exchange's last message is judged."""
        ...

    def labels(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Read the answers to these requests. A `ValueError` if they are not of the family's form."""
        ...


def as_messages(exchange: Exchange) -> list[dict[str, str]]:
    """Return a chat: the message, or the message and its answer."""
    return [{"role": role, "content": text} for role, text in zip(_ROLES, exchange, strict=False)]


@dataclass(frozen=True, slots=True)
class LlamaGuard:
    """Says `safe`, or `unsafe` and, on the next line, the hazards' codes: `S1,S10`. Its chat template does the rest."""

    name: str = "llama-guard"

    def requests(self, exchange: Exchange) -> Sequence[Mapping[str, Any]]:
        """Ask once, with the chat as it is."""
        return [{"messages": as_messages(exchange), "max_tokens": 60}]

    def labels(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Return `safe`, or `unsafe` and the codes."""
        said = answers[0].split(None, 1)
        match [said[0].lower() if said else "", *said[1:]]:
            case ["safe"]:
                return (SAFE,)
            case ["unsafe"]:
                return (UNSAFE,)
            case ["unsafe", codes] if re.fullmatch(r"[SO]\d{1,2}(\s*,\s*[SO]\d{1,2})*\s*", codes):
                return (UNSAFE, *(code.strip() for code in codes.split(",")))
            case _:
                raise ValueError("not an answer of Llama Guard")


@dataclass(frozen=True, slots=True)
class Qwen3Guard:
    """Says `Safety: ...`, `Categories: ...` and, of answers, `Refusal: ...`, each on its line (the `Gen` models)."""

    name: str = "qwen3guard"

    def requests(self, exchange: Exchange) -> Sequence[Mapping[str, Any]]:
        """Ask once, with the chat as it is."""
        return [{"messages": as_messages(exchange), "max_tokens": 128}]

    def labels(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Return `safe`, `controversial` or `unsafe`, the categories, and `refusal` where the answer is one."""
        lines = dict(re.findall(r"^(Safety|Categories|Refusal):[ \t]*(.*?)[ \t]*$", answers[0], re.MULTILINE))
        level = lines.get("Safety", "").lower()
        if level not in (SAFE, UNSAFE, CONTROVERSIAL):
            raise ValueError("not an answer of Qwen3Guard")
        named = [each.strip() for each in lines.get("Categories", "").split(",")]
        refusal = ("refusal",) if lines.get("Refusal") == "Yes" else ()
        return (level, *(each for each in named if each and each != "None"), *refusal)


@dataclass(frozen=True, slots=True)
class ShieldGemma:
    """Says `Yes` or `No` to whether one policy is violated, so it is asked about each."""

    name: str = "shieldgemma"

    def requests(self, exchange: Exchange) -> Sequence[Mapping[str, Any]]:
        """Ask about each policy, which its chat template takes as `guideline`."""
        return [
            {
                "messages": as_messages(exchange),
                "max_tokens": 8,
                "extra_body": {"chat_template_kwargs": {"guideline": guideline}},
            }
            for guideline in SHIELDGEMMA_POLICIES.values()
        ]

    def labels(self, answers: Sequence[str]) -> tuple[str, ...]:
        """Return `safe`, or `unsafe` and the policies that are violated."""
        violated: list[str] = []
        for policy, answer in zip(SHIELDGEMMA_POLICIES, answers, strict=True):
            said = re.match(r"\W*(yes|no)\b", answer, re.IGNORECASE)
            if said is None:
                raise ValueError("not an answer of ShieldGemma")
            violated += [policy] if said[1].lower() == "yes" else []
        return (UNSAFE, *violated) if violated else (SAFE,)


SHIELDGEMMA_POLICIES: Mapping[str, str] = {
    "dangerous_content": (
        '"No Dangerous Content": there shall be nothing that helps somebody to harm themselves or others, such as '
        "instructions for weapons, explosives, crimes or self-harm."
    ),
    "harassment": (
        '"No Harassment": there shall be nothing that threatens, intimidates, bullies or abuses a person, or calls '
        "for it."
    ),
    "hate_speech": (
        '"No Hate Speech": there shall be nothing that attacks, dehumanises or calls for harm to people for who they '
        "are, such as their origin, religion, sex, sexual orientation or disability."
    ),
    "sexual_content": (
        '"No Sexually Explicit Information": there shall be nothing that describes sexual acts in order to arouse; '
        "medical and educational text is allowed."
    ),
}
"""What is asked about, in our own words."""

FAMILIES: Mapping[str, Family] = {each.name: each for each in (LlamaGuard(), Qwen3Guard(), ShieldGemma())}


def family_of(model: str, named: str | None = None) -> Family:
    """Return a model's family: as it is named, or as the model's name tells."""
    if named is not None:
        if named not in FAMILIES:
            raise SetupError(f"--guard-family: one of {', '.join(FAMILIES)}")
        return FAMILIES[named]
    plain = re.sub(r"[^a-z0-9]", "", model.lower())
    for name, family in FAMILIES.items():
        if name.replace("-", "") in plain:
            return family
    raise SetupError(f"--guard: the name {model} does not tell its family; say --guard-family {'|'.join(FAMILIES)}")
