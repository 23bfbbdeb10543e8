"""Under which licence a release is: a template for each form, or the one that the operator names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export.card.facts import Facts
from export.card.licence_names import OWN
from export.card.markdown import escaped
from export.card.words import FORMS, FormWords, title_of

_TEXTS = Path(__file__).with_name("templates")
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
CC_BY_NC = "https://creativecommons.org/licenses/by-nc/4.0/"


@dataclass(frozen=True, slots=True)
class _Template:
    name: str
    said: str
    """In the card."""
    links: tuple[str, ...] = ()


_TEMPLATES = {
    "agreement": _Template(
        "dataset-agreement",
        "Use is subject to the agreement in [LICENSE.md](LICENSE.md): in short, use it for research and business, "
        "do not identify anybody, do not pass it on, delete what is withdrawn.",
    ),
    "cc-prompts-nc-outputs": _Template(
        "cc-by-4.0-prompts-cc-by-nc-4.0-outputs",
        "What users wrote is under CC BY 4.0, what models wrote under CC BY-NC 4.0: see [LICENSE.md](LICENSE.md).",
        (CC_BY, CC_BY_NC),
    ),
    "cc-prompts-own-outputs": _Template(
        "cc-by-4.0-prompts-provider-terms-outputs",
        "What users wrote is under CC BY 4.0, what models wrote under the terms of each model's provider: see "
        "[LICENSE.md](LICENSE.md).",
        (CC_BY,),
    ),
    "internal": _Template("not-for-publication", "None: this is not for publication, see [LICENSE.md](LICENSE.md)."),
}


@dataclass(frozen=True, slots=True)
class Licence:
    """A release's licence, as each of its readers wants it."""

    words: FormWords
    text: str
    """`LICENSE.md`."""
    said: str
    hub: dict[str, Any]
    """The keys of the card's head."""
    links: tuple[str, ...]
    """Where it is written down elsewhere."""

    @property
    def gate(self) -> str:
        """What the hub shows before it lets anybody in."""
        return (
            "You agree to the terms in this data set's LICENSE.md. In particular, you will not try to identify anybody."
        )

    @property
    def button(self) -> str:
        """What one clicks."""
        return "I agree to the terms"


def licence_of(facts: Facts) -> Licence:
    """Return the licence of a release: the form's, or the one of the operator's settings."""
    words = FORMS[facts.summary.form]
    named = facts.summary.licence
    template = named or words.licence
    own = (named or "").removeprefix(OWN)
    contact = f". Contact: {escaped(facts.summary.contact)}" if facts.summary.contact else ""
    text = (
        (_TEXTS / f"{template if template in _TEMPLATES else 'named'}.md")
        .read_text(encoding="utf-8")
        .format(title=escaped(title_of(facts.summary)), date=facts.summary.date, contact=contact, licence=escaped(own))
    )
    if template in _TEMPLATES:
        kind = _TEMPLATES[template]
        return Licence(words, text, kind.said, _other(kind.name), kind.links)
    hub = {"license": own} if own == named else _other(own)
    return Licence(words, text, f"{escaped(own)}, see [LICENSE.md](LICENSE.md).", hub, ())


def _other(name: str) -> dict[str, Any]:
    """Return what the hub is told of a licence that it has no identifier for."""
    return {"license": "other", "license_name": name, "license_link": "LICENSE.md"}
