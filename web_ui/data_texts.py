"""What a visitor reads about the terms, and about what is theirs: what they allow, what is kept, how it is deleted."""

from arena.session import AgeGroup

TERMS_TITLE = "Before you start"
TERMS_REQUIRED = (
    "By choosing *Accept and start* you accept these terms: your messages are sent to the models, and your "
    "conversations and votes are kept. The boxes are up to you; nothing depends on them, and you can change your mind "
    "at any time under *Your data*."
)
TERMS_REQUIRED_OR_UNLOGGED = (
    "By choosing *Accept and start* you accept these terms: your messages are sent to the models, and your "
    "conversations and votes are kept. If you untick the first box, nothing of your chats is kept, but you can only "
    "talk to one model at a time. The other boxes are up to you; nothing depends on them, and you can change your mind "
    "at any time under *Your data*."
)
TERMS_ACCEPT = "Accept and start"

KEEP = "My conversations and votes may be kept. Battles and side by side need this."
RELEASE = "My conversations may be published, redacted, for research."
SHARE = "My conversations may be given to the providers of the models."
PAST = "This also goes for what I wrote before"
PAST_HINT = "About publishing only. A data set that is already published stays as it is."
AGE = "Your age"
AGE_HINT = "Only so that we know what must not be published: what anybody under 18 writes here never is."
AGE_CHOICES = {
    AgeGroup.ADULT: "18 or older",
    AgeGroup.MINOR: "Under 18",
    AgeGroup.UNSTATED: "I'd rather not say",
}

YOUR_DATA = "Your data"
ALLOWED_TITLE = "What you allow"
ACCEPTED = "You accepted version {version} of the terms on {day} at {time} UTC."
NOTHING_ACCEPTED = "You have not accepted the terms in this browser, so nothing of yours is kept here."
OUTDATED = "The terms have changed since then. Please accept them above; then you can change the rest here."
SENT = "Your messages are sent to the models, so that they can answer."
KEPT = "Your conversations and votes are kept."
NOT_KEPT = "Your chats are not kept."
PUBLISHED = "Your conversations may be published, redacted, for research."
NOT_PUBLISHED = "Your conversations are not published."
SHARED = "Your conversations may be given to the providers of the models."
NOT_SHARED = "Your conversations are not given to the providers of the models."
OVER_PAST = "What this says about publishing also goes for what you wrote before."
AGES = {
    AgeGroup.ADULT: "You said that you are 18 or older.",
    AgeGroup.MINOR: "You said that you are under 18: nothing you write or wrote here is published.",
    AgeGroup.UNSTATED: "You said nothing about your age.",
}
SAVE = "Save"
SAVED = "Saved. It holds from now on."
SAVED_PAST = "Saved. It holds from now on, and for what you wrote before."

CODE_TITLE = "Your deletion code"
CODE_WHAT_FOR = (
    "With a deletion code you can have everything deleted that you wrote here, at any time and from any browser, even "
    "when this one has forgotten you. It is shown once; we keep only a fingerprint of it, so nobody can look it up for "
    "you."
)
CODE_MAKE = "Make a deletion code"
CODE_HAS = "You have a code already. If you lost it, make a new one; the old one then stops working."
CODE_MAKE_ANOTHER = "Make a new code"
CODE_NOTE_DOWN = "Note it down or copy it now: it cannot be shown again."
COPY = "Copy"
COPIED = "Copied."
NOT_COPIED = "Your browser did not let us copy it. It is marked now: please copy it yourself."
OFFER = "You can take everything back later, from any browser, with a deletion code."
OFFER_DISMISS = "Not now"
OFFER_DONE = "I have noted it down"

DELETE_TITLE = "Delete everything"
DELETE_WHAT = (
    "Your messages, the answers to them, and whatever ties your votes to you are deleted at once, and this page starts "
    "afresh."
)
DELETE_NOW = "Delete everything of mine now"
DELETE_SURE = "Delete everything you wrote here? This cannot be undone."
DELETE_YES = "Yes, delete everything"
DELETE_NO = "No, keep it"
DELETING = "It is being deleted."
CODE_FIELD = "I have a deletion code"
CODE_FIELD_HINT = "32 digits and letters, in groups of four"
CODE_USE = "Delete what it stands for"
DELETE_LIMITS = (
    "**What cannot be undone:** a data set that was published while you allowed it has been copied by others, and "
    "nobody can call it back; no later one holds what you deleted. Your votes stay, without your words and without "
    "anything that leads to you. The operator's backups may hold your words until they are replaced; whoever restores "
    "one deletes them again."
)

WITHHOLD = "Do not publish this conversation"
WITHHELD = "This conversation will not be published, whatever you allow elsewhere."
NOT_WITHHELD = "This conversation may be published, but only if you allow publishing at all: see Your data."
UNLOGGED = "Nothing of this chat is kept. Your messages still go to the model that answers them."
NEEDS_LOG = "Battles and side by side are made to be compared and counted, so they need your consent to keep them."
NEEDS_LOG_SHOW = "Change what I allow"
PROMPT_UNLOGGED = "See above what this needs"


def deleted(conversations: int) -> str:
    """Return what is said after everything was deleted."""
    match conversations:
        case 0:
            return "Everything was deleted; there were no conversations. This page starts afresh."
        case 1:
            return "Everything was deleted: one conversation. This page starts afresh."
        case _:
            told = f"{conversations:,} conversations (a battle counts as two)"
            return f"Everything was deleted: {told}. This page starts afresh."
