# ruff: noqa: E501 (a case reads best in one line)
"""Wordings in which a stranger's texts showed that something was missed, and what must not be taken for them."""

import pytest

from export.personal_data.find import find
from export.personal_data.span import Kind


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.ADDRESS, "Bill to: Ana Ruiz\n579 Forrest Beach Road, Baldwin 8184\nin all 3", "579 Forrest Beach Road, Baldwin 8184"),
        (Kind.ADDRESS, "Reply to:\nRobyn Munro\n588 Bill Landing\nEast Cheryl, NC 59514", "588 Bill Landing\nEast Cheryl, NC 59514"),
        (Kind.ADDRESS, "au boulevard Jonathan Corbat 60", "boulevard Jonathan Corbat 60"),
        (Kind.ADDRESS, "địa chỉ 52 Hai Bà Trưng, Phường Đông Hải, Lạng Sơn", "52 Hai Bà Trưng, Phường Đông Hải, Lạng Sơn"),
        (Kind.ACCOUNT, "please pay it into account 24738860", "24738860"),
        (Kind.ACCOUNT, "Sort Code: 20-45-53 Account: 32775962", "32775962"),
        (Kind.ACCOUNT, "перевести на р/с 40702810206811526517", "40702810206811526517"),
        (Kind.ACCOUNT, "振込先：普通預金 6488665", "6488665"),
        (Kind.ACCOUNT, "chuyển khoản số tài khoản 1688594559584", "1688594559584"),
        (Kind.ACCOUNT, "auf Kto. 3033417 BLZ 500 105 17", "3033417"),
        (Kind.BIRTH_DATE, "birthday: 1958-07-01", "1958-07-01"),
        (Kind.BIRTH_DATE, "urodzony 5 czerwca 1953", "5 czerwca 1953"),
        (Kind.BIRTH_DATE, "doğum tarihim 18 Haziran 2001", "18 Haziran 2001"),
        (Kind.BIRTH_DATE, "Заявление. 22.01.1940 г.р.", "22.01.1940"),
        (Kind.BIRTH_DATE, "sinh ngày 24/02/1977", "24/02/1977"),
        (Kind.GOVERNMENT_ID, "¿es válido 13.719.292-6?", "13.719.292-6"),
        (Kind.SECRET, 'pwd: "Tusuve$1641"', "Tusuve$1641"),
        (Kind.SECRET, "密码是lepumali-dezulinu33", "lepumali-dezulinu33"),
        (Kind.SECRET, "Password: lepumali-dezulinu3", "lepumali-dezulinu3"),
        (Kind.SECRET, "use zyx_aB3dE5gH7jK9mN1pQ3sT5vW7xZ9bD2fG4", "zyx_aB3dE5gH7jK9mN1pQ3sT5vW7xZ9bD2fG4"),
        (Kind.URL, "https://medium.com/@nuzuza_bagu/a-post", "https://medium.com/@nuzuza_bagu/a-post"),
        (Kind.PLATE, "ma voiture immatriculée PJ-762-FV", "PJ-762-FV"),
        (Kind.PHONE, "mi celular es 617.48.20.44", "617.48.20.44"),
        (Kind.PHONE, "/send?phone=+4917022334455&x=1", "+4917022334455"),
        (Kind.COORDINATES, 'val lat_lng = "40.33433,22.91171"', "40.33433,22.91171"),
    ],
)  # fmt: skip
def test_it_is_found_whole(kind: Kind, text: str, value: str) -> None:
    assert (kind, value) in [(span.kind, text[span.start : span.end]) for span in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "we take into account 24738860 users",
        "Lincoln was born on 12 February 1809",
        "In 1998 Bear Mountain Springs, a town, was founded.",
        "BP 120/80 at rest",
        "my number is [PHONE]\n[12/03/24, 18:23:01] Ben: ok",
        "sent by [PHONE], 24089941",
        "integrity sha512-aB3dE5gH7jK9mN1pQ3sT5vW7xZ9bD2fG4aB3dE5gH7jK9mN1pQ3sT5vW7x",
        "普通用户 24738860 人",
    ],
)
def test_what_only_sounds_like_it_is_left_alone(text: str) -> None:
    assert not find(text)
