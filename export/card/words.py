"""What is said of each form, each column and each reason."""

from dataclasses import dataclass

from export.release.summary import Summary


@dataclass(frozen=True, slots=True)
class FormWords:
    """How a form is spoken of."""

    unit: str
    """What one row is, in the plural."""
    heading: str
    about: str
    licence: str
    """The template of its licence."""
    uses: tuple[str, ...]


_CHAT_USES = (
    "what people ask models, in which languages, and how it differs between models",
    "moderation and safety: unsafe conversations are in it on purpose, and tagged as far as moderation ran",
    "training models to follow instructions, after filtering what should not be learnt",
    "prompts for evaluations that are closer to practice than collected ones",
)
_VOTE_USES = (
    "ratings of models, and how sure they are",
    "training and testing models that judge answers",
    "what it is in an answer that people prefer",
)

FORMS: dict[str, FormWords] = {
    "chat-1m": FormWords(
        unit="conversations",
        heading="Conversations with language models",
        about=(
            "Each row is one conversation between a visitor of a chat arena and one model; a battle between two models "
            "gives two rows. The columns are those of LMSYS-Chat-1M, so that what reads that reads this."
        ),
        licence="agreement",
        uses=_CHAT_USES,
    ),
    "arena-battles": FormWords(
        unit="battles",
        heading="Battles between language models",
        about=(
            "Each row is one battle: a visitor asked two models the same, and voted for the better answers. The "
            "columns are those of chatbot_arena_conversations, so that what reads that reads this."
        ),
        licence="cc-prompts-nc-outputs",
        uses=_VOTE_USES,
    ),
    "preference-140k": FormWords(
        unit="battles",
        heading="Preferences between the answers of language models",
        about=(
            "Each row is one vote between the answers of two models, with the messages in parts and the marks of style "
            "that ratings control for. The columns are those of arena-human-preference-140k."
        ),
        licence="cc-prompts-own-outputs",
        uses=_VOTE_USES,
    ),
    "full": FormWords(
        unit="conversations",
        heading="Everything a chat arena knows, redacted",
        about=(
            "**Not for publication.** Each row is one conversation with everything that the arena keeps of it and may "
            "give on: for the operator's own studies. Times are rounded to the day. It went through the same redaction "
            "as a public release, but it is not one: what single columns do not tell, many together may."
        ),
        licence="internal",
        uses=("the operator's own studies",),
    ),
}

COLUMNS: dict[str, str] = {
    "conversation_id": "a pseudonym; the same conversation has another one in every other form",
    "question_id": "a pseudonym of the battle",
    "id": "a pseudonym of the vote",
    "evaluation_session_id": "a pseudonym of the visit; it holds several votes",
    "evaluation_order": "which vote of the visit this is, from 1",
    "model": "the model's public name",
    "model_a": "the model on side A",
    "model_b": "the model on side B",
    "winner": "the vote",
    "judge": "a pseudonym of who voted, stable within this release only",
    "conversation": "the messages: `user` and `assistant` take turns, `user` begins; no system prompt",
    "conversation_a": "the messages of side A: `user` and `assistant` take turns, `user` begins",
    "conversation_b": "the messages of side B",
    "full_conversation": "each turn with the answers of both sides beside each other",
    "conv_metadata": "tokens, turns, headers, lists and bold text of both sides",
    "category_tag": "what a tagger said of the prompt; null where none ran",
    "is_code": "there is code in the conversation",
    "timestamp": "when the vote was cast",
    "turn": "pairs of a message and its answer",
    "anony": "the names of the models were hidden when the vote was cast",
    "language": "of the first message, by its English name; `unknown` where it is not sure",
    "tstamp": "when the vote was cast, in unix seconds",
    "openai_moderation": "what a moderation model said; a value that nobody produced is null",
    "toxic_chat_tag": "what a toxicity tagger said; null where none ran",
    "redacted": "something in the text was replaced",
    "session": "a pseudonym of the visit, stable within this release only",
    "mode": "`direct`, `side_by_side` or `battle`",
    "is_of_a_program": "it came in by the interface for programs, not by the page",
    "opened_on": "the day on which it began (UTC)",
    "finished_on": "the day on which its last turn finished (UTC)",
    "country": "the visitor's, where the operator looks it up",
    "page_language": "in which language the page was shown",
    "age_group": "what the visitor said",
    "system_prompt": "what a program told the model before the first message, redacted",
    "failed_turns": "turns that nobody got an answer to; they are not in the conversation",
    "turn_terms_version": "the terms that were accepted for each turn",
    "turn_seconds_to_first_word": "how long each turn's first word took",
    "turn_seconds": "how long each turn took",
    "turn_ending": "how each turn ended",
    "turn_finish_reason": "what the model's server said of it",
    "turn_regenerations": "how many answers each turn had before this one",
    "turn_temperature": "a parameter of each turn; null where it was not set",
    "turn_top_p": "the same",
    "turn_max_tokens": "the same",
    "turn_prompt_tokens": "as the model's server counted them",
    "turn_completion_tokens": "the same",
    "turn_reaction": "what the visitor said of each answer",
    "turn_reasoning": "what the model thought before each answer, redacted",
    "estimated_tokens": "one a message, estimated without a tokenizer",
    "is_maths": "there is mathematics in the prompts",
    "moderation_model": "which model's verdict it is, one a message",
    "replaced": "what was replaced, by kind",
    "battle": "a pseudonym of the battle, stable within this release only",
    "side": "which side of the battle it is",
    "other_model": "the model on the other side",
    "policy": "by which rule the two models were drawn",
    "pair_probability": "how probable that pair was",
    "is_anonymous": "the names were hidden when the vote was cast",
    "vote_reasons": "why the vote does not count for ratings; empty if it does",
    "vote_number": "which vote of the visit it is, from 1",
    "voted_on": "the day of the vote (UTC)",
}

REASONS: dict[str, str] = {
    "consent_withdrawn": "its visitor allowed it once, and took that back for what was said before as well",
    "no_release_consent": "a turn of it is under a consent that does not allow publication",
    "not_wanted": "its visitor does not want this one published",
    "forgotten": "its visitor had it deleted",
    "minor": "its visitor said, once at least, to be a minor",
    "cohort": "its visitor belongs to a group of which nothing is published",
    "not_in_period": "its last turn finished outside the period of this release, or never",
    "model_withheld": "the operator publishes nothing of this model",
    "model_secret": "the model is not public",
    "no_answer": "no turn of it was answered",
    "no_vote": "nobody voted",
    "not_moderated": "a message of it was not moderated, which this release requires",
    "sexual_minors": "moderation flagged sexual content with minors",
    "redaction_incomplete": "something personal was still there after the redaction",
    "not_sampled": "it was not drawn: a release of a sample",
    "failed": "a step could not digest it",
}


def title_of(summary: Summary) -> str:
    """Return what a release is called, on one line."""
    return " ".join(summary.title.split()) or FORMS[summary.form].heading


def reason(code: str) -> str:
    """Say in words why something was left out; a reason that we have no words for is its own name."""
    if code.startswith("personal_data_"):
        return f"it held personal data: {code.removeprefix('personal_data_').replace('_', ' ')}"
    return REASONS.get(code, code.replace("_", " "))
