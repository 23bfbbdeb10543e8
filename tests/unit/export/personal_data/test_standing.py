# ruff: noqa: E501 (a case reads best in one line)
"""Numbers, names and words as strangers put them beside one another: in tables, files, commands, other alphabets."""

import pytest

from export.personal_data.context import labels, says
from export.personal_data.find import find
from export.personal_data.span import Kind

KEY = "\n".join(["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0A1B", "", *["kJ8fQ2mZ+x/1vT0c" * 4] * 4])


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.CARD, "name,card\nRosa Vale,4929530061788371", "4929530061788371"),
        (Kind.GOVERNMENT_ID, "Rosa Vale,111222333", "111222333"),
        (Kind.GOVERNMENT_ID, '["Rosa Vale", "111222333"]', "111222333"),
        (Kind.GOVERNMENT_ID, "DNI 27.418.903", "27.418.903"),
        (Kind.GOVERNMENT_ID, "is it VAGR850614AB1?", "VAGR850614AB1"),
        (Kind.GOVERNMENT_ID, "KRA PIN A004512873K", "A004512873K"),
        (Kind.GOVERNMENT_ID, "FİN: 5KQ27XZ1", "5KQ27XZ1"),
        (Kind.PHONE, "Rosa Vale 40 61 28 35", "40 61 28 35"),
        (Kind.PHONE, '{"contact_number": "9851234076"}', "9851234076"),
        (Kind.BIRTH_DATE, "name;date of birth;town\nRosa Vale;14/06/1985;Leeds\nJon Pike;1/2/90;York", "14/06/1985"),
        (Kind.BIRTH_DATE, "name;date of birth;town\nRosa Vale;14/06/1985;Leeds\nJon Pike;1/2/90;York", "1/2/90"),
        (Kind.BIRTH_DATE, "תאריך לידה: 14 ביוני 1985", "14 ביוני 1985"),
        (Kind.BIRTH_DATE, "تاريخ الميلاد: 14 يونيو 1985", "14 يونيو 1985"),
        (Kind.BIRTH_DATE, "वर्ष: जन्म तिथि 14 जून 1985", "14 जून 1985"),
        (Kind.BIRTH_DATE, "تاریخ تولد: 1364/3/24", "1364/3/24"),
        (Kind.BIRTH_DATE, "Ngày sinh: 14 tháng 6 năm 1985", "14 tháng 6 năm 1985"),
        (Kind.BIRTH_DATE, "1985-06-14生まれです", "1985-06-14"),
        (Kind.SECRET, f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----", KEY),
        (Kind.SECRET, "كلمة المرور: Qamar-77-laila", "Qamar-77-laila"),
        (Kind.SECRET, "mitt lösenord är vinter-sol-41", "vinter-sol-41"),
        (Kind.SECRET, "mysql -u root -pVinter41! shop", "Vinter41!"),
        (Kind.SECRET, "MY_ADMIN_KEY=4f1d6f0a9c2b7e83d5a04c1be96f2a7d", "4f1d6f0a9c2b7e83d5a04c1be96f2a7d"),
        (Kind.WALLET, "send it to rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        (Kind.WALLET, "cosmos1hsk6jryyqjfhp5dhc55tc9jtckygx0eph6dd02", "cosmos1hsk6jryyqjfhp5dhc55tc9jtckygx0eph6dd02"),
        (Kind.COORDINATES, '{"lat": 48.137154, "lng": 11.576124}', '48.137154, "lng": 11.576124'),
        (Kind.COORDINATES, "我的位置是48.137154, 11.576124", "48.137154, 11.576124"),
        (Kind.PLATE, '{"license_plate": "KXM-7218"}', "KXM-7218"),
        (Kind.PLATE, "număr de înmatriculare CJ-07-RVK", "CJ-07-RVK"),
        (Kind.ADDRESS, '{"address": "Kalinova 57\\n075 73 Horná Ves"}', "Kalinova 57\\n075 73 Horná Ves"),
        (Kind.ADDRESS, "Block 7 Lot 21 Rosal Street, Cainta, 1900 Rizal", "Block 7 Lot 21 Rosal Street, Cainta, 1900 Rizal"),
        (Kind.ADDRESS, "31, Jalan Melur 4/2, Shah Alam", "31, Jalan Melur 4/2"),
        (Kind.EMAIL, "我的邮箱是rosa.vale@posteo.net,谢谢", "rosa.vale@posteo.net"),
        (Kind.URL, "链接是https://rosa:Vinter41x@files.org/", "https://rosa:Vinter41x@files.org/"),
    ],
)  # fmt: skip
def test_what_stands_so_is_found_whole(kind: Kind, text: str, value: str):
    start = text.index(value)

    assert any(each.start <= start and start + len(value) <= each.end and each.kind == kind for each in find(text))


@pytest.mark.parametrize(
    "text",
    [
        "United States 331,002,651",
        "Order Number 111222333",
        "номер заказа 315046059",
        "注文番号 8904954048",
        "رقم الطلب 243721732",
        "compute 5978234649 mod 139",
        "is 26913358816 prime?",
        "population 859 354 311",
        "it costs 2548 000 000 roubles",
        "NL91 ABNA 0417 1643 00",
        "EAN 4006261919974",
        "my number in the story is 1-800-555-0139",
        "5105105105105100",
        "call center costs 1500-2500 a month",
        "lottery numbers 29 36 19 20 05 18",
        "select * from t where id = 346145848",
        "blob:https://x.com/3a5ac152-30a6-41a8-81ab-5db9a8a4c150",
        "mail user@example.comです",
        "the Arabica 20 30 40 50 beans",
        "name,founded\nAcme,1985-06-14",
        "hospital wards, births\n12, 34",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str):
    assert find(text) == []


def test_words_of_latin_letters_are_whole_whatever_marks_they_bear():
    words = labels("ara(?:y[ıi]n)?", "тел(?!\\w)", "手机")

    assert says(words, "ara 5", 4)
    assert not says(words, "arabica 5", 8)
    assert not says(words, "учитель 5", 8)
    assert says(words, "тел. 5", 5)
    assert says(words, "我的手机5", 4)


def test_a_number_behind_a_name_needs_its_check_digit():
    found = [number for number in range(111222330, 111222390) if find(f"Rosa Vale, {number}")]

    assert 111222333 in found
    assert len(found) < 50
    assert not find("we counted 111222333 of them")
