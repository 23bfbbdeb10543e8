"""What arrives from a component is whatever a browser can send: here it becomes what a handler expects, or nothing."""


def as_text(value: object) -> str:
    """Return a text that can be encoded, lone surrogates replaced; whatever is no text is empty."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else ""


def as_number(value: object) -> float | None:
    """Return a number; whatever is none is left out."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
