"""What arrives from a component is whatever a browser can send: here it becomes what a handler expects."""


def as_text(value: object) -> str:
    """Return a text that can be encoded, lone surrogates replaced; whatever is no text is empty."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else ""


def as_number(value: object) -> float | str | None:
    """Return the number that was written, None for an empty field; what is no number stays a text, to be refused."""
    written = as_text(value).strip()
    try:
        number = float(written.replace(",", "."))
    except ValueError:
        return written or None
    return int(number) if number.is_integer() else number
