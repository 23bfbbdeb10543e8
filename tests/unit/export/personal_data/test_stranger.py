# ruff: noqa: E501 (a case reads best in one line)
"""What a second stranger's messages showed: forms that were missed, or found in part, and look-alikes that were touched."""

import pytest

from export.personal_data.find import find
from export.personal_data.span import Kind

HEX = "7f3a91c04be28d5f6a10"
MIXED = "q7ZmX2vKp9RtB4nLs8Wd"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.EMAIL, "bounce+ada=home.org@list.net", "bounce+ada=home.org@list.net"),
        (Kind.EMAIL, "jon<at>peters-web<dot>dk", "jon<at>peters-web<dot>dk"),
        (Kind.EMAIL, "пишите: ada.king собака ukr точка net", "ada.king собака ukr точка net"),
        (Kind.EMAIL, "a mi correo ada punto king arroba gmail punto com", "ada punto king arroba gmail punto com"),
        (Kind.EMAIL, "ada(dot)king(at)icloud(dot)com", "ada(dot)king(at)icloud(dot)com"),
        (Kind.EMAIL, "ada[at]host[dot]museum", "ada[at]host[dot]museum"),
        (Kind.EMAIL, "ada_at_host_dot_org", "ada_at_host_dot_org"),
        (Kind.SECRET, "ansible_become_pass: gr4nit-Haus7", "gr4nit-Haus7"),
        (Kind.SECRET, "<password>Mvn-Repo#7719</password>", "Mvn-Repo#7719"),
        (Kind.SECRET, 'smtp_pass = "zqkv mwpt rhae uylb"', "zqkv mwpt rhae uylb"),
        (Kind.SECRET, f"{HEX}{HEX} is my encryption key", HEX + HEX),
        (Kind.SECRET, "login: ada / Heizung#1982", "Heizung#1982"),
        (Kind.SECRET, f"https://api.telegram.org/bot4729354198:AA{MIXED}a1B2c3D4e5F6g/getMe", f"4729354198:AA{MIXED}a1B2c3D4e5F6g"),
    ],
)  # fmt: skip
def test_it_is_found_whole(kind: Kind, text: str, value: str) -> None:
    assert (kind, value) in [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    "key",
    [
        "CLOJARS" + "_" + HEX * 3,
        "napi" + "_" + HEX * 3,
        "e2b" + "_" + HEX * 2,
        "AQ." + "Ab8RN6" + MIXED * 2,
        "tskey-auth-" + "k7Yt2mXq9CNTRL-" + MIXED,
        "rnd" + "_" + MIXED + "a1B2c3D4",
        "ATBB" + MIXED + "a1B2c3D4e5F6",
        "aio" + "_" + MIXED + "a1B2c3D4",
        "glpat-" + MIXED + "a1B2c3D.01.a1b2c3d4e",
        "2/" + "1205" * 4 + "/" + "9308" * 4 + ":" + HEX + HEX[:12],
    ],
)
def test_keys_of_more_vendors_are_known(key: str) -> None:
    text = f"it is {key} there"

    assert [text[span.start : span.end] for span in find(text) if span.kind is Kind.SECRET] == [key]


@pytest.mark.parametrize(
    "text",
    [
        "look at the point in time and dot your eyes",
        "My dog at home dot dot dot",
        "моя собака рекс. точка",
        "una arroba de trigo. y más",
        '<label for="password">Password</label>',
        "user: admin / Editor",
    ],
)
def test_what_only_sounds_like_it_is_left_alone(text: str) -> None:
    assert not find(text)
