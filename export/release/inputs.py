"""Sees at the beginning that all is there that a release was told to use: not after hours of reading."""

from arena.errors import SetupError
from export.marks.earlier import earlier_files, first_messages
from export.marks.prompt_file import prompts
from export.names.engine import check_engines
from export.release.config import ReleaseSettings
from export.release.engines.choosing import check_engine
from export.stats.tokens import check_tokenizer


def check_inputs(settings: ReleaseSettings) -> None:
    """Look at finders of names, for the scheduler, and into each file that the settings name.

    Raises `SetupError` if one will not do.
    """
    try:
        check_engines(settings.name_engines)
    except ValueError as error:
        raise SetupError(f"--name-engine: {error}") from error
    if settings.tokenizer is not None:
        check_tokenizer(settings.tokenizer)
    samples = [settings.sample_prompts] if settings.sample_prompts is not None else []
    for path in (*samples, *settings.benchmarks):
        next(prompts(path), None)
    for file in earlier_files(settings.earlier):
        next(first_messages(file), None)
    check_engine(settings)
