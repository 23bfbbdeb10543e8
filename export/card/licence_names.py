"""The licences that `--licence` may name: our templates, the hub's identifiers, or one of the operator's own."""

OURS = ("agreement", "cc-prompts-nc-outputs", "cc-prompts-own-outputs", "internal")
OWN = "other:"
"""Before the name of a licence that the hub has no identifier for."""
_LONGEST = 100
HUB = frozenset(
    """
    afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bigcode-openrail-m bigscience-bloom-rail-1.0 bigscience-openrail-m bsd
    bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 c-uda cc cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0
    cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0
    cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0
    creativeml-openrail-m deepfloyd-if-license ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 gemma gfdl gpl gpl-2.0
    gpl-3.0 isc lgpl lgpl-2.1 lgpl-3.0 lgpl-lr llama2 lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 openrail
    openrail++ osl-3.0 pddl postgresql unknown unlicense wtfpl zlib
    """.split()  # noqa: SIM905 (one name a line would be a page)
)
"""The identifiers of https://huggingface.co/docs/hub/repositories-licenses, but for `other`, which needs a name."""


def checked_licence(name: str) -> str:
    """Return the name of a licence that there is. Raises ValueError with what to write for any other."""
    own = name.removeprefix(OWN)
    if name in OURS or name in HUB:
        return name
    if name.startswith(OWN) and own.strip() and own.isprintable() and len(own) <= _LONGEST:
        return OWN + own.strip()
    raise ValueError(
        f"{name!r} is no licence that the hub knows: name one of its identifiers (odc-by, cc-by-4.0, cc0-1.0, ...: "
        f"https://huggingface.co/docs/hub/repositories-licenses), one of {', '.join(OURS)}, or your own as "
        f"{OWN}NAME"
    )
