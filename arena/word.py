"""The base of the vocabulary."""

from pydantic import BaseModel, ConfigDict


class Word(BaseModel):
    """Never changes, never carries a field we do not know. The same class is the thing and its wire form."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)
