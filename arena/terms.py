"""The terms of use, by version. A text that was accepted once is never edited: a change is a new version."""

TERMS_VERSION = "2026-11-22"

_2026_11_21 = """
This arena is a research service. You chat with language models; they make mistakes and may say things that are wrong or
offensive. Do not use it for anything illegal or harmful, and do not enter personal or confidential information, yours
or anyone's.

Your messages are sent to the models so that they can answer, also to models that are reached through their vendors.
Your conversations, votes and reactions are kept by the operator of this arena, with the version and time of this
acceptance. Your address is not kept, only a keyed hash of it, to count visitors and to prevent abuse.
"""

_2026_11_22 = """
This arena is a research service. You chat with language models; they make mistakes and may say things that are wrong or
offensive. Do not use it for anything illegal or harmful, and do not enter personal or confidential information, yours
or anyone's.

**What is sent.** Your messages are sent to the models so that they can answer, also to models that are reached through
their vendors.

**What is kept.** The operator of this arena keeps your conversations, votes and reactions, and what you accept here,
with its version and time. Your address is not kept, only a keyed hash of it, to count visitors and to prevent abuse;
where the operator has set that up, also the country it belongs to and the group that this page is for. Texts are kept
until you delete them; the operator can delete those sooner that may not be published.

**Chatting without being kept.** Where this arena offers it, you can leave out that anything is kept, and chat with one
model at a time. What is said is then held in memory alone, until you have not used it for about an hour or the arena is
restarted, and is still sent to the model. Battles and side by side are always kept.

**What is published.** Only if you allow it: your conversations may then be part of data sets for research that anybody
can read. Programs look for personal information first and take it out; they do not find all of it. You can keep
single conversations out, and change your mind at any time, for what comes after and, if you wish, for what came before.

**Giving it to providers.** Only if you allow it: your conversations may then be given to the providers of the models.

**If you are under 18**, please say so. Nothing is published of a visit in which anybody said that, whatever else was
allowed.

**Taking everything back.** You can delete everything of this visit: here, or with a deletion code from any browser. The
code is shown once; whoever has it can delete what it stands for. Your messages and the answers to them are deleted, and
whatever ties your votes to you; the votes stay. Without a code, and once your browser has forgotten this visit, nobody
can tell which conversations were yours, and so nobody can delete them for you.

**What cannot be undone.** A data set that is published has been copied by others, and nobody can call it back. Later
ones leave out what you have deleted or do not allow any more. Copies that the operator keeps against loss may hold your
words until they are replaced; when such a copy is put back, what you deleted is deleted again.

When these terms change, you are asked again.
"""

TERMS: dict[str, str] = {"2026-11-21": _2026_11_21.strip(), "2026-11-22": _2026_11_22.strip()}
