"""The step of a release that says in which language a conversation began."""

from dataclasses import replace

from export.language.detect import compatible_language, language
from export.language.second_opinion import Py3LangId
from export.release.steps import Row, Step


def language_step(compat: bool) -> Step:
    """Make the step that looks at the first message, before anything in it is replaced.

    With `compat` by FastChat's rule; else with a second opinion, which is loaded here: some 100 MB a process.
    """
    if compat:
        return lambda row: replace(row, language=compatible_language(_first(row)))
    second = Py3LangId()
    return lambda row: replace(row, language=language(_first(row), second, second.among))


def _first(row: Row) -> str:
    return row.texts[0] if row.texts else ""
