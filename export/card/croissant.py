"""`croissant.json`: the release's columns for machines, in MLCommons' vocabulary.

A list in Parquet is nested; a Croissant field that takes out one part of every item is `repeated` and names the part by
a JSON path. So `conversation/content` are all contents, in order.
"""

import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from export.card.facts import Facts
from export.card.licences import licence_of
from export.card.words import COLUMNS, title_of

RECORDS = "rows"
_FILES = "data-files"
_FOLDER = "release"

_TERMS = (
    *("citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileProperty", "fileObject"),
    *("fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet"),
    *("references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
    *("arrayShape", "isArray"),
)
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "sc": "https://schema.org/",
    **{term: f"cr:{term}" for term in _TERMS},
}


def croissant(facts: Facts) -> str:
    """Write the description of a release."""
    return json.dumps(_document(facts), indent=2, ensure_ascii=False) + "\n"


def _document(facts: Facts) -> dict[str, Any]:
    licence = licence_of(facts)
    title = title_of(facts.summary)
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": title,
        "description": licence.words.about,
        "license": list(licence.links) or "LICENSE.md",
        "url": "README.md",
        "version": ".".join(str(int(part)) for part in facts.summary.date.split("-")),
        "datePublished": facts.summary.date,
        "creator": {"@type": "sc:Organization", "name": facts.summary.contact or "The operators of the arena"},
        "citeAs": f"{title}, release of {facts.summary.date}",
        "isLiveDataset": False,
        "distribution": [*_distribution(facts)],
        "recordSet": [_record_set(facts)],
    }


def _distribution(facts: Facts) -> Iterable[dict[str, Any]]:
    for each in facts.files:
        yield {
            "@type": "cr:FileObject",
            "@id": each.name,
            "name": each.name,
            "contentUrl": each.name,
            "contentSize": f"{each.size} B",
            "encodingFormat": "application/x-parquet",
            "sha256": each.sha256,
        }
    yield {
        "@type": "cr:FileSet",
        "@id": _FILES,
        "name": _FILES,
        "description": f"{facts.stats.rows} rows",
        "encodingFormat": "application/x-parquet",
        "includes": "data/train-*.parquet",
    }


def _record_set(facts: Facts) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": RECORDS,
        "name": RECORDS,
        "key": {"@id": f"{RECORDS}/{facts.schema.names[0]}"},
        "field": [_column(field) for field in facts.schema],
    }


def _column(field: pa.Field) -> dict[str, Any]:
    """Describe a column: a value, or the leaves of what is nested in it."""
    said = _named(f"{RECORDS}/{field.name}", COLUMNS.get(field.name))
    kind, is_list = field.type, pa.types.is_list(field.type)
    item = kind.value_type if is_list else kind
    if is_list:
        said["repeated"] = True
    if not pa.types.is_struct(item):
        return said | _value(field.name, item)
    return said | {"subField": [*_leaves(field.name, item, said["@id"], ())]}


def _leaves(column: str, kind: pa.DataType, above: str, path: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    """Describe what a struct holds, by the path to it. Of a list in a list Croissant can only tell the first item."""
    for each in kind:
        name, place, item = f"{above}/{each.name}", (*path, f'"{each.name}"'), each.type
        if pa.types.is_list(item):
            item, place = item.value_type, (*place, "[0]")
        if pa.types.is_struct(item):
            yield from _leaves(column, item, name, place)
        else:
            yield _named(name) | _value(column, item, place)


def _named(identifier: str, description: str | None = None) -> dict[str, Any]:
    said = {"@type": "cr:Field", "@id": identifier, "name": identifier}
    return said | ({"description": description} if description else {})


def _value(column: str, kind: pa.DataType, path: tuple[str, ...] = ()) -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": _FILES}, "extract": {"column": column}}
    if path:
        source["transform"] = {"jsonPath": ".".join(path)}
    return {"dataType": _data_type(kind), "source": source}


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:Date" if pa.types.is_temporal(kind) else "sc:Text"
