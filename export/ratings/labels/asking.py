"""Asks a model about prompts, through any server that speaks Chat Completions: our own gateway, for example."""

import openai

from export.moderation.calling import Calls
from export.moderation.guarding import UNREADABLE, Guard
from export.moderation.label_store import Exchange
from export.ratings.labels.question import Question


class Labeller(Guard):
    """One model. What it answers in another form than agreed it is asked once more, with that said."""

    def __init__(self, client: openai.AsyncOpenAI, model: str, calls: Calls) -> None:
        super().__init__(client, model, Question(), calls)
        self._again = Guard(client, model, Question(again=True), calls)
        self.asked_again = 0

    async def judge(self, exchange: Exchange) -> tuple[tuple[str, ...] | None, str]:
        """Return the labels of a prompt, or None and a word that says why there are none."""
        labels, reason = await super().judge(exchange)
        if labels is not None or reason != UNREADABLE:
            return labels, reason
        self.asked_again += 1
        return await self._again.judge(exchange)
