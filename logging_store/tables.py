"""The tables. Their life is longer than that of the classes, so they are written down apart from them.

Times are double unix seconds. Nothing is deleted or overwritten but for a turn's end and a key's, each written once,
what is counted in `usage`, and what is forgotten.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from arena.api_key import KeyPriority
from arena.battle import Mode, Outcome
from arena.chat import Ending, ReactionKind
from arena.session import AgeGroup
from logging_store.chain import Event
from logging_store.columns import ParametersJson, SaidText, Wire, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("address_hash", Text, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("period", Text, nullable=False, server_default=""),
    Column("cohort", Text, nullable=False, server_default=""),
    Column("country", Text, nullable=False, server_default=""),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    Column("terms_version", Text, nullable=False),
    Column("serve", Boolean, nullable=False),
    Column("log", Boolean, nullable=False),
    Column("release", Boolean, nullable=False),
    Column("share", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("accepted_at", Double, nullable=False),
    Column("covers_past", Boolean, nullable=False, server_default=false()),
    Column("age_group", Wire(AgeGroup), nullable=False, server_default="unstated"),
    Index(None, "session_id", "accepted_at"),
)

battles = Table(
    "battles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("mode", Wire(Mode), nullable=False),
    Column("model_a", Text, nullable=False),
    Column("model_b", Text, nullable=False),
    Column("conversation_a", Text, nullable=False),
    Column("conversation_b", Text, nullable=False),
    Column("pair_probability", Double),
    Column("policy", Text, nullable=False),
    Column("opened_at", Double, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("mode", Wire(Mode), nullable=False),
    Column("model", Text, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("battle_id", Text, ForeignKey("battles.id")),
    Column("side", Text),
    UniqueConstraint("battle_id", "side"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("consent_id", Text, ForeignKey("consents.id"), nullable=False, index=True),
    Column("controller", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("text", SaidText, nullable=False),
    Column("parameters", ParametersJson, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("supersedes", Text, ForeignKey("turns.id"), unique=True),
    Column("worker", Text),
    Column("first_word_at", Double),
    Column("finished_at", Double),
    Column("ending", Wire(Ending)),
    Column("finish_reason", Text),
    Column("error_code", Text),
    Column("answer", SaidText, nullable=False),
    Column("reasoning", SaidText, nullable=False),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Index(None, "conversation_id", "position"),
)
Index(
    "uq_turns_first_at_position",
    turns.c.conversation_id,
    turns.c.position,
    unique=True,
    sqlite_where=text("supersedes IS NULL"),
    postgresql_where=text("supersedes IS NULL"),
)
Index(
    "ix_turns_open",
    turns.c.controller,
    sqlite_where=text("ending IS NULL"),
    postgresql_where=text("ending IS NULL"),
)

votes = Table(
    "votes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("battle_id", Text, ForeignKey("battles.id"), nullable=False, unique=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("outcome", Wire(Outcome), nullable=False),
    Column("is_anonymous", Boolean, nullable=False),
    Column("reasons", Words, nullable=False),
    Column("voted_at", Double, nullable=False),
)

reactions = Table(
    "reactions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("turn_id", Text, ForeignKey("turns.id"), nullable=False, index=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("kind", Wire(ReactionKind), nullable=False),
    Column("reacted_at", Double, nullable=False),
)

release_choices = Table(
    "release_choices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation_id", Text, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("allowed", Boolean, nullable=False),
    Column("chosen_at", Double, nullable=False),
)

stop_wishes = Table(
    "stop_wishes",
    metadata,
    Column("turn_id", Text, ForeignKey("turns.id"), primary_key=True),
    Column("controller", Text, nullable=False, index=True),
    Column("wished_at", Double, nullable=False),
)
"""Which controller shall stop writing which answer; gone once it has heard."""

leaderboards = Table(
    "leaderboards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", Double, nullable=False),
    Column("votes", Integer, nullable=False),
    Column("board", JSON, nullable=False),
)

leaderboard_figures = Table(
    "leaderboard_figures",
    metadata,
    Column("category", Text, primary_key=True),
    Column("is_styled", Boolean, primary_key=True),
    Column("figures", JSON, nullable=False),
)
"""What is drawn beside the boards; made anew from the votes."""

deletion_codes = Table(
    "deletion_codes",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("made_at", Double, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.id"), primary_key=True),
    Column("forgotten_at", Double, nullable=False),
    Column("reason", Text, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", Text, nullable=False, unique=True),
    Column("prefix", Text, nullable=False),
    Column("scopes", Words, nullable=False),
    Column("models", Words, nullable=False),
    Column("priority", Wire(KeyPriority), nullable=False),
    Column("requests_per_minute", BigInteger),
    Column("tokens_per_minute", BigInteger),
    Column("tokens_per_day", BigInteger),
    Column("may_log", Boolean, nullable=False),
    Column("may_release", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
)

usage = Table(
    "usage",
    metadata,
    Column("day", Text, primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("nanodollars", BigInteger, nullable=False),
)

chains = Table(
    "chains",
    metadata,
    Column("name", Text, primary_key=True),
    Column("writer", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("key_mark", Text, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("head", Text, nullable=False),
    Column("seal", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("event", Wire(Event), nullable=False),
    Column("record_id", Text, nullable=False, index=True),
    Column("at", Double, nullable=False),
    Column("salt", Text),
    Column("digest", Text, nullable=False),
    Column("mac", Text, nullable=False),
    sqlite_with_rowid=False,
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Single facts about the ledger itself; `linked_since`: unix seconds from which every record has its links."""
