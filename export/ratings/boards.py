"""Several boards of the same votes: one of them all, and one for each category."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from arena.errors import SetupError
from export.ratings.analysis import NoAnchor, Report, analyse
from export.ratings.categories import LANGUAGE, Name, Sorter
from export.ratings.choosing import number_in_group
from export.ratings.counts import TIED
from export.ratings.newton import FitFailed
from export.ratings.recipe import Recipe
from export.ratings.scale import Flags
from export.ratings.vote_table import VoteTable

DUPLICATES_KEPT = 5
"""`no_duplicates`: of the votes about the same first message so many count, the first ones."""


@dataclass(frozen=True, slots=True)
class Boards:
    """What was found."""

    overall: Report
    categories: Mapping[str, Report] = field(default_factory=dict[str, Report])
    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why a category has no board."""


def boards(table: VoteTable, recipe: Recipe, sorter: Sorter) -> Boards:
    """Make the board of all votes, and those of the categories, all by one recipe.

    A category in which the anchor has no rating is not anchored; one that cannot be rated as the recipe says has none.
    """
    overall = analyse(table, recipe)
    found: dict[str, Report] = {}
    problems: dict[str, str] = {}
    for name, inside in _categories(table, sorter):
        left_out = {**table.left_out, "not_in_category": int(len(inside) - inside.sum())}
        votes = replace(table.rows(inside), left_out=left_out)
        own = replace(recipe, filters=(*recipe.filters, f"category={name} ({sorter.by(name)})"))
        try:
            found[name] = _anchored_if_possible(votes, own)
        except (FitFailed, SetupError) as error:
            problems[name] = str(error)
    return Boards(overall, found, problems)


def _anchored_if_possible(table: VoteTable, recipe: Recipe) -> Report:
    try:
        return analyse(table, recipe)
    except NoAnchor:
        return analyse(table, replace(recipe, anchor=None))


def _categories(table: VoteTable, sorter: Sorter) -> Iterator[tuple[str, Flags]]:
    nobody = np.zeros(len(table.battles.a), np.bool_)
    for name in sorter.names:
        match name:
            case Name.NO_TIES:
                yield name, table.battles.winner != TIED
            case Name.NO_DUPLICATES:
                yield name, _first_of_each_prompt(table)
            case str() if name == LANGUAGE:
                yield from ((each, kept) for each, kept in table.categories.items() if each.startswith(f"{LANGUAGE}="))
            case _:
                yield name, table.categories.get(name, nobody)


def _first_of_each_prompt(table: VoteTable) -> Flags:
    prompts = table.prompts if table.asked is None else table.asked
    if prompts is None:
        raise SetupError(f"--category {Name.NO_DUPLICATES}: these votes do not tell what was asked")
    return (number_in_group(prompts) < DUPLICATES_KEPT) | (prompts < 0)
