"""The terms of use, by version. A text that was accepted once is never edited: a change is a new version."""

TERMS_VERSION = "2026-11-21"

_2026_11_21 = """
This arena is a research service. You chat with language models; they make mistakes and may say things that are wrong or
offensive. Do not use it for anything illegal or harmful, and do not enter personal or confidential information, yours
or anyone's.

Your messages are sent to the models so that they can answer, also to models that are reached through their vendors.
Your conversations, votes and reactions are kept by the operator of this arena, with the version and time of this
acceptance. Your address is not kept, only a keyed hash of it, to count visitors and to prevent abuse.
"""

TERMS: dict[str, str] = {"2026-11-21": _2026_11_21.strip()}
