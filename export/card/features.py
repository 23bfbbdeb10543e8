"""An Arrow schema as the hub's cards write it: `dataset_info.features`, in the originals' form."""

from typing import Any

import pyarrow as pa


def features(schema: pa.Schema) -> list[dict[str, Any]]:
    """Return the features of a schema, in order."""
    return [_feature(field) for field in schema]


def type_words(kind: pa.DataType) -> str:
    """Name a type as a table for readers does."""
    if pa.types.is_list(kind):
        return f"list of {type_words(kind.value_type)}"
    if pa.types.is_struct(kind):
        return f"{{{', '.join(field.name for field in kind)}}}"
    return _scalar(kind)


def _feature(field: pa.Field) -> dict[str, Any]:
    return {"name": field.name, **_type(field.type)}


def _type(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        item = kind.value_type
        return {"list": features_of(item) if pa.types.is_struct(item) else _item(item)}
    if pa.types.is_struct(kind):
        return {"struct": features_of(kind)}
    return {"dtype": _scalar(kind)}


def features_of(kind: pa.DataType) -> list[dict[str, Any]]:
    """Return the features of a struct's fields."""
    return [_feature(field) for field in kind]


def _item(kind: pa.DataType) -> Any:
    return _type(kind) if pa.types.is_list(kind) else _scalar(kind)


def _scalar(kind: pa.DataType) -> str:
    """Arrow's own name of a type, but for three."""
    return {"double": "float64", "float": "float32", "date32[day]": "date32"}.get(str(kind), str(kind))
