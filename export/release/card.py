"""The release's README: what is in it, and what is not done yet."""

from export.release.figures import Figures

FIRST_LINE = "**Not yet redacted: this data may hold personal information. Do not publish it.**"

_CARD = """\
{first_line}

# Conversations with language models, format chat-1m

The columns are those of LMSYS-Chat-1M. One row is one conversation between a visitor and one model; a battle gives
two rows. Only conversations whose visitor allowed publication are here, and of these only the turns that have an
answer. Of a regenerated answer only the last version is here.

## Figures

| | |
| --- | --- |
| conversations | {released:,} |
| models | {models:,} |
| users (unique addresses) | {users:,} |
| turns per conversation | {turns:.1f} |

## Columns

| column | type | |
| --- | --- | --- |
| `conversation_id` | string | a pseudonym; the same conversation has another one in every other format |
| `model` | string | the model's public name |
| `conversation` | list of {{content, role}} | `user` and `assistant` take turns, `user` begins |
| `turn` | int64 | pairs of a message and its answer |
| `language` | string | `unknown` in every row, see below |
| `openai_moderation` | list of {{categories, category_scores, flagged}} | one a message; all values null, see below |
| `redacted` | bool | false in every row, see below |

## Conversations left out

{dropped}
## What this release does not have yet

- Nothing in the text was redacted.
- The language was not detected: `unknown` means that nobody looked.
- No moderation ran: a null is a value that nobody produced.
- Rows come in the order in which the conversations began.

## Reading it

```python
from datasets import load_dataset

conversations = load_dataset("parquet", data_files="data/*.parquet", split="train")
```
"""


def card(figures: Figures) -> str:
    """Write the card."""
    return _CARD.format(
        first_line=FIRST_LINE,
        released=figures.released,
        models=len(figures.models),
        users=figures.users,
        turns=figures.turns_per_conversation,
        dropped=_dropped(figures),
    )


def _dropped(figures: Figures) -> str:
    if not figures.dropped:
        return f"None: all {figures.read:,} were released.\n"
    lines = [f"Of {figures.read:,} conversations:", "", "| reason | conversations |", "| --- | --- |"]
    lines += [f"| `{reason}` | {number:,} |" for reason, number in sorted(figures.dropped.items())]
    return "\n".join([*lines, ""])
