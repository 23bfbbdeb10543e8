"""Every word that a visitor reads, but for `data_texts`; sentences about errors are found by the error's code."""

import math
import re

from arena.errors import ArenaError
from web_ui import data_texts

TAGLINE = "Ask. Compare. Decide."
BATTLE = "Battle"
SIDE_BY_SIDE = "Side by side"
DIRECT = "Direct chat"
LEADERBOARD = "Leaderboard"
ABOUT = "About"

BATTLE_INTRO = (
    "Two models, chosen by chance, answer you side by side. Ask as much as you like, then vote for the better one: "
    "only then do you see who they were."
)
SIDE_INTRO = "Choose two models and compare their answers. Votes here are kept, but do not count for the leaderboard."
DIRECT_INTRO = "Talk to one model of your choice."

PROMPT = "Your message"
PROMPT_HINT = "Ask anything"
KEYS_HINT = "Enter sends · Shift+Enter makes a new line"
PROMPT_LOCKED = "Accept the terms above first"
PROMPT_UNKNOWN = "Please reload the page in a moment"
PROMPT_VOTED = "Start a new round"
SEND = "Send"
STOP = "Stop"
REGENERATE = "Regenerate"
CLEAR = "Clear"
UNDO = "Undo"
NEW_ROUND = "New round"
EXAMPLES = (
    "Explain why the sky is blue to a ten-year-old.",
    "What is 17% of 2,340, and how did you get there?",
    "I can't decide whether to change my job.",
    "Write four lines about rain in November.",
)

MODEL_A = "Model A"
MODEL_B = "Model B"
MODEL = "Model"
CHOOSE_A = "Model A"
CHOOSE_B = "Model B"
PANE_EMPTY = "The answer appears here."
DIRECT_EMPTY = "Choose a model and say hello."
DEMO = "demo model"
DEMO_SHORT = "demo"
NO_MODELS = "No model can be reached right now. Please reload the page in a minute."

VOTES = {
    "model_a": "👈 A is better",
    "model_b": "👉 B is better",
    "tie": "🤝 Tie",
    "both_bad": "👎 Both are bad",
}
VOTED = {
    "model_a": "You preferred A. Thank you!",
    "model_b": "You preferred B. Thank you!",
    "tie": "You called it a tie. Thank you!",
    "both_bad": "You found both bad. Thank you!",
}
VOTE_HINT = "Which answer is better?"
CLEARED = "Cleared. Undo brings it back."

UP = "👍 Good answer"
DOWN = "👎 Bad answer"
FLAG = "🚩 Flag"
REACTED = {
    "up": "Thank you: noted as a good answer.",
    "down": "Thank you: noted as a bad answer.",
    "flag": "Thank you: flagged for the operator of this arena.",
}

PARAMETERS = "Parameters"
PARAMETERS_HINT = "Empty fields leave the choice to the arena."
PARAMETER_EMPTY = "as the arena chooses"
TEMPERATURE = "Temperature (0 to 2)"
TOP_P = "Top-p (above 0, up to 1)"
MAX_TOKENS = "Longest answer, in tokens"

REASONING = "Reasoning"
STOPPED = "*Stopped.*"
UNFINISHED = "*Not finished.*"
UNREACHABLE = "This page's server cannot be reached. Please check your connection and try again."
SCRIPT_WORDS = {
    "reasoning": REASONING,
    "stopped": STOPPED,
    "unreachable": UNREACHABLE,
    "next": "You are next in line",
    "place": "You are number {n} in line",
    "seconds": ", about {n} seconds.",
    "minutes": ", about {n} minutes.",
    "soon": ", any moment now.",
    "deleting": data_texts.DELETING,
    "copied": data_texts.COPIED,
    "marked": data_texts.NOT_COPIED,
}
"""What the page's scripts say by themselves; `seconds`, `minutes` or `soon` follows on a place in line."""
WRITING = "An answer is still being written."

ABOUT_TEXT = """
## What this is

An arena for language models. You ask, two models answer without showing their names, you say which answer is better.
Out of many such votes grows a leaderboard, and, where visitors allow it, a public data set for research.

## Three ways to chat

**Battle:** both models are drawn by chance and stay hidden until you vote. **Side by side:** you choose the two.
**Direct chat:** you choose one. Only votes from battles count for the leaderboard.

## What is kept

Your messages, the answers, your votes and reactions, and which terms you accepted when. Your address is not kept, only
a keyed hash of it. Nothing is published unless you ticked the box for it. Under *Your data* you can change your mind at
any time, make a deletion code, and have everything deleted; below each conversation you can keep that one from being
published.

## Demo models

Models marked *demo* are small programs that come with this software, so that it can be tried without any real model.
They answer on this machine, and are no measure of what language models can do.
"""
ABOUT_TERMS = "## The terms (version {version})\n\n{terms}"

_OPERATOR = "The page is not set up correctly, and its operator has to mend that."
_SENTENCES = {
    "internal": "Something broke on our side. It has been recorded; please try again.",
    "malformed_json": "The request could not be understood. Please reload the page and try again.",
    "invalid_request": "The request could not be understood. Please check the parameters, or reload the page.",
    "method_not_allowed": "The request could not be understood. Please reload the page and try again.",
    "body_too_large": "That is more than this arena accepts at once. Please send less.",
    "not_found": "This is not here any more. Please start a new round.",
    "forbidden": "The request did not come from this page. Please reload it and try again.",
    "session_required": "Your session has ended. Please accept the terms again to go on.",
    "not_yours": "This belongs to another session. Please start a new round.",
    "key_required": _OPERATOR,
    "wrong_key": _OPERATOR,
    "shutting_down": "The arena cannot be reached right now; it may be restarting. Please try again in a minute.",
}
"""Only where the error's own message would not tell a visitor what to do."""
_WAITS = {
    "limited": "You have reached a limit of this arena.",
    "too_many_turns": "You are sending messages faster than this arena allows.",
    "too_many_streams": "As many of your answers are being written as this arena allows. Stop one, or wait for it.",
    "busy": "Every server for this model is busy.",
    "ledger_unavailable": "This arena's records cannot be reached right now, so it can take nothing new.",
    "unconfirmed": "This arena's records did not answer in time, so this may not have been taken.",
}
"""What passes by itself: the sentence goes on with how long that takes, where it is known."""
_AGAIN = re.compile(r" Please (?:try again|wait)\b[^.]*\.$")
"""What a sentence says of when to try again, where that is not known."""
NEEDS_TERMS = frozenset({"session_required", "consent_required", "terms_outdated"})
"""Codes after which the terms are shown again."""


def sentence(code: str, message: str) -> str:
    """Return what a visitor is told about an error."""
    return _WAITS.get(code) or _SENTENCES.get(code, message)


def say(error: ArenaError) -> str:
    """Return what a visitor is told about an error; how long to wait is said where it is known."""
    told = sentence(error.code, str(error))
    if error.retry_after is None:
        return f"{told} Please wait a moment." if error.code in _WAITS else told
    seconds = max(1, math.ceil(error.retry_after))
    return f"{_AGAIN.sub('', told)} Please try again in {seconds} second{'' if seconds == 1 else 's'}."
