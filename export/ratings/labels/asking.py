"""Asks a model about prompts, and answers, through any server that speaks Chat Completions: our own gateway, say."""

import openai

from export.moderation.calling import Calls
from export.moderation.guarding import UNREADABLE, Guard
from export.moderation.label_store import Exchange
from export.ratings.labels.question import Question, RefusalQuestion


class Labeller(Guard):
    """One model. What it answers in another form than agreed it is asked once more, with that said."""

    def __init__(self, client: openai.AsyncOpenAI, model: str, calls: Calls) -> None:
        super().__init__(client, model, Question(), calls)
        self._about = {
            1: [Guard(client, model, Question(again), calls) for again in (False, True)],
            2: [Guard(client, model, RefusalQuestion(again), calls) for again in (False, True)],
        }
        """By how many texts are shown: a prompt, or a prompt and its answer."""
        self.asked_again = 0

    async def judge(self, exchange: Exchange) -> tuple[tuple[str, ...] | None, str]:
        """Return the labels of a prompt or an answer, or None and a word that says why there are none."""
        first, again = self._about[len(exchange)]
        labels, reason = await first.judge(exchange)
        if labels is not None or reason != UNREADABLE:
            return labels, reason
        self.asked_again += 1
        return await again.judge(exchange)
