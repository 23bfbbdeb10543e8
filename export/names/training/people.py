"""Faker's names (MIT), in two halves: one is for lists and training, the other only for the bench."""

from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib import import_module
from typing import Literal

Half = Literal["train", "held_out"]
LOCALES = {
    "en": ("en", "en_US", "en_GB", "en_IE", "en_NZ"),
    "in": ("en_IN", "en_PK"),
    "af": ("en_KE", "en_NG", "yo_NG", "tw_GH", "sw", "zu_ZA"),
    "de": ("de_DE", "de_AT", "de_CH"),
    "fr": ("fr_FR", "fr_CA", "fr_BE", "fr_CH"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO", "es_CL"),
    "pt": ("pt_BR", "pt_PT"),
    "it": ("it_IT",),
    "nl": ("nl_NL", "nl_BE"),
    "sv": ("sv_SE", "da_DK", "no_NO", "is_IS", "fi_FI"),
    "pl": ("pl_PL",),
    "cs": ("cs_CZ", "sk_SK", "sl_SI", "hr_HR"),
    "hu": ("hu_HU",),
    "ro": ("ro_RO",),
    "tr": ("tr_TR", "az_AZ"),
    "id": ("id_ID",),
    "ru": ("ru_RU", "bg_BG", "mk_MK"),
    "uk": ("uk_UA",),
    "el": ("el_GR",),
    "ar": ("ar_SA", "ar_AA", "ar_DZ", "ar_PS"),
    "fa": ("fa_IR",),
    "he": ("he_IL",),
    "hi": ("hi_IN", "mr_IN", "ne_NP"),
    "bn": ("bn_BD",),
    "ta": ("ta_IN",),
    "th": ("th_TH",),
    "vi": ("vi_VN",),
    "zh": ("zh_CN", "zh_TW"),
    "ja": ("ja_JP",),
    "ko": ("ko_KR",),
    "xx": ("et_EE", "lt_LT", "lv_LV", "ga_IE", "hy_AM", "ka_GE", "uz_UZ", "ha_NG", "ig_NG", "de_LU", "fr_DZ", "or_IN"),
}
"""Under which language a locale's names stand; `xx` is for lists only."""


def half_of(name: str) -> Half:
    """Tell to which half a word belongs: it is in one, whatever locale it comes from."""
    return "train" if blake2b(name.casefold().encode(), digest_size=1).digest()[0] % 2 == 0 else "held_out"


@cache
def given_and_family(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a language's given names and family names, both halves, in a fixed order."""
    given: set[str] = set()
    family: set[str] = set()
    for locale in LOCALES[language]:
        provider = vars(import_module(f"faker.providers.person.{locale}").Provider)
        for key, value in provider.items():
            if key.endswith("format") or "formats" in key or "romanized" in key or "kana" in key or "pairs" in key:
                continue
            if "first_name" in key or "middle_names" in key or key == "firsts":
                given |= _words(value)
            elif "last_name" in key:
                family |= _words(value)
    return tuple(sorted(given)), tuple(sorted(family))


def of_half(names: Iterable[str], half: Half) -> list[str]:
    """Return the names whose every word is in a half."""
    return [name for name in names if all(half_of(word) == half for word in name.split())]


def _words(value: object) -> set[str]:
    if not isinstance(value, tuple | list | dict | set):
        return set()
    return {each.strip() for each in value if isinstance(each, str) and 1 < len(each) < 24 and "{" not in each} | {
        each for each in value if isinstance(each, str) and len(each) == 1 and not each.isascii()
    }
