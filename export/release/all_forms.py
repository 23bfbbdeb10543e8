"""The forms of releases, by the names that `--format` knows them by."""

from collections.abc import Mapping

from export.release.arena_battles import ArenaBattles
from export.release.chat_1m import Chat1M
from export.release.forms import Form
from export.release.full import Full
from export.release.preference_140k import Preference140K

FORMS: Mapping[str, Form] = {form.name: form for form in (Chat1M(), ArenaBattles(), Preference140K(), Full())}
