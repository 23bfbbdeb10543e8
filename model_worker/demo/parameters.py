"""How a demo model is asked to write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from arena.chat import Message, Role
from arena.errors import RequestError
from model_worker.chat_request import mistake

Choice = TypeVar("Choice")
_Stop = Annotated[str, Field(min_length=1, max_length=200)]


class DemoParameters(BaseModel):
    """The fields of a chat request that demo models heed. Null means: the default. Other fields change nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: _Stop | Annotated[tuple[_Stop, ...], Field(max_length=16)] | None = None
    seed: int | None = None
    n: int | None = None
    words_per_second: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """Ours, for tests: the pace of this one answer; 0: as fast as possible."""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if self.n not in {None, 1}:
            raise ValueError("demo models give one answer at a time")
        return self

    @property
    def longest(self) -> int | None:
        """The limit in tokens, by either of its names."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> tuple[str, ...]:
        """The strings before which the answer ends."""
        if self.stop is None:
            return ()
        return (self.stop,) if isinstance(self.stop, str) else self.stop


def read_parameters(body: Mapping[str, Any]) -> DemoParameters:
    """Read the parameters of a chat request. Raises RequestError naming the wrong field."""
    try:
        return DemoParameters.model_validate(body)
    except ValidationError as error:
        raise mistake(error) from error


def read_messages(messages: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    """Return what was said, as text. Pictures and tool calls are passed over."""
    roles: Mapping[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
    said = tuple(
        Message(role=roles[role], content=_text(message.get("content")))
        for message in messages
        if isinstance(role := message.get("role"), str) and role in roles
    )
    if not any(message.role == "user" for message in said):
        raise RequestError("messages: a message with the role 'user' is needed")
    return said


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


@dataclass(frozen=True)
class Chance:
    """How choices are made while an answer is written: always through `choose`."""

    rng: Random
    temperature: float = 1.0
    top_p: float = 1.0

    def choose(self, options: Sequence[Choice], weights: Sequence[float] = ()) -> Choice:
        """Pick an option. Without weights, earlier ones are a little likelier.

        Temperature sharpens or flattens the weights (each to the power of 1/temperature; at 0 the heaviest is taken);
        top_p keeps the heaviest options that together reach that share (nucleus sampling, Holtzman et al. 2020).
        """
        heavy = tuple(weights) or tuple(0.85**place for place in range(len(options)))
        order = sorted(range(len(options)), key=lambda place: -heavy[place])
        if self.temperature == 0:
            return options[order[0]]
        top = heavy[order[0]]
        sharpened = [(heavy[place] / top) ** (1 / self.temperature) for place in order]
        kept = _nucleus(sharpened, self.top_p)
        return options[self.rng.choices(order[:kept], sharpened[:kept])[0]]


def _nucleus(weights: Sequence[float], share: float) -> int:
    wanted, reached = share * sum(weights), 0.0
    for number, weight in enumerate(weights, start=1):
        reached += weight
        if reached >= wanted:
            return number
    return len(weights)


def chance_for(parameters: DemoParameters, fresh_seed: Callable[[], int]) -> Chance:
    """Return the chance of one answer: the same for the same seed. At temperature 0 nothing depends on the seed."""
    temperature = 1.0 if parameters.temperature is None else parameters.temperature
    seed = fresh_seed() if parameters.seed is None else parameters.seed
    return Chance(Random(seed), temperature, 1.0 if parameters.top_p is None else parameters.top_p)
