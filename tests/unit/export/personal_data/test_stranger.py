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
        (Kind.GOVERNMENT_ID, "rijksregisternummer 60.11.08-944.56", "60.11.08-944.56"),
        (Kind.GOVERNMENT_ID, "NIF: 91.807.606-R", "91.807.606-R"),
        (Kind.GOVERNMENT_ID, "C.I. 4.696.667-2 de Montevideo", "4.696.667-2"),
        (Kind.GOVERNMENT_ID, "ЈМБГ 1708970711747", "1708970711747"),
        (Kind.GOVERNMENT_ID, "Sozialversicherungsnummer 65 180982 B 001", "65 180982 B 001"),
        (Kind.GOVERNMENT_ID, "passeport n° 18FV48277 perdu", "18FV48277"),
        (Kind.GOVERNMENT_ID, "我的护照号E48277193,签证", "E48277193"),
        (Kind.GOVERNMENT_ID, "numer paszportu EK 4827719", "EK 4827719"),
        (Kind.GOVERNMENT_ID, "dowód osobisty CTR 408200", "CTR 408200"),
        (Kind.GOVERNMENT_ID, "cédula V-18.482.771", "V-18.482.771"),
        (Kind.GOVERNMENT_ID, "NIC 827841215V", "827841215V"),
        (Kind.GOVERNMENT_ID, "1EH7-RT2-PK61", "1EH7-RT2-PK61"),
        (Kind.GOVERNMENT_ID, "EK48277192POL8705127F3109041<<<<<<<<<<<<<<<0", "EK48277192POL8705127F3109041<<<<<<<<<<<<<<<0"),
        (Kind.GOVERNMENT_ID, "65 180982 B 004", "65 180982 B 004"),
        (Kind.WALLET, "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb"),
        (Kind.ADDRESS, "os. Bohaterów Września 27 m. 19, 61-248 Poznań", "os. Bohaterów Września 27 m. 19, 61-248 Poznań"),
        (Kind.ADDRESS, "vivo en Calle del Olmo 27, 3º B, 28012 Madrid", "Calle del Olmo 27, 3º B, 28012 Madrid"),
        (Kind.ADDRESS, "Corso Umberto I, 48/B - 80138 Napoli", "Corso Umberto I, 48/B - 80138 Napoli"),
        (Kind.ADDRESS, "620014, Екатеринбург, ул. Малышева 27-114", "620014, Екатеринбург, ул. Малышева 27-114"),
        (Kind.ADDRESS, "вул. Шевченка, 27, кв. 8, м. Львів, 79007", "вул. Шевченка, 27, кв. 8, м. Львів, 79007"),
        (Kind.ADDRESS, "Nørrebrogade 193, 3. tv, 2200 København N", "Nørrebrogade 193, 3. tv, 2200 København N"),
        (Kind.ADDRESS, "Atatürk Mah. Gül Sok. No: 27 D: 8, 34758 Ataşehir/İstanbul", "Atatürk Mah. Gül Sok. No: 27 D: 8, 34758 Ataşehir/İstanbul"),
        (Kind.ADDRESS, "横浜市港北区日吉本町1-27-19-402に", "横浜市港北区日吉本町1-27-19-402"),
        (Kind.ADDRESS, "深圳市南山区科技园南路19号阳光花园B座1204", "深圳市南山区科技园南路19号阳光花园B座1204"),
        (Kind.ADDRESS, "부산광역시 해운대구 우동 482-7", "부산광역시 해운대구 우동 482-7"),
        (Kind.ADDRESS, "Blk 482 Tampines St 43 #07-19 Singapore 520482", "Blk 482 Tampines St 43 #07-19 Singapore 520482"),
        (Kind.ADDRESS, "my addr is 88 saint marks pl #3, brooklyn ny 11217", "88 saint marks pl #3, brooklyn ny 11217"),
        (Kind.ADDRESS, "मकान नं. 48, गली नं. 7, लक्ष्मी नगर", "मकान नं. 48, गली नं. 7, लक्ष्मी नगर"),
        (Kind.ADDRESS, "Neubaugasse 44/3/12, 1070 Wien", "Neubaugasse 44/3/12, 1070 Wien"),
        (Kind.ADDRESS, "Drottninggatan 88 lgh 1203, 111 36 Stockholm", "Drottninggatan 88 lgh 1203, 111 36 Stockholm"),
        (Kind.ADDRESS, "Brīvības iela 44-12, Rīga, LV-1010", "Brīvības iela 44-12, Rīga, LV-1010"),
        (Kind.ADDRESS, "B-44, Sector 12, Noida, UP 201301", "B-44, Sector 12, Noida, UP 201301"),
        (Kind.ADDRESS, "九龍旺角彌敦道 700 號 12 樓 B 室", "九龍旺角彌敦道 700 號 12 樓 B 室"),
        (Kind.ADDRESS, "札幌市中央区北1条西2丁目 ハイツ桜205号室", "札幌市中央区北1条西2丁目 ハイツ桜205号室"),
        (Kind.ADDRESS, "서울시 강남구 테헤란로 123, 456호", "서울시 강남구 테헤란로 123, 456호"),
        (Kind.ADDRESS, "Oak Cottage, Mill Lane, Ludlow SY8 1EN", "Oak Cottage, Mill Lane, Ludlow SY8 1EN"),
        (Kind.ADDRESS, "SQN 312 Bloco H apto 204", "SQN 312 Bloco H apto 204"),
        (Kind.ADDRESS, "г. Новосибирск, Красный проспект, 77/1, 54", "г. Новосибирск, Красный проспект, 77/1, 54"),
        (Kind.ADDRESS, "דיזנגוף 112, תל אביב", "דיזנגוף 112, תל אביב"),
        (Kind.EMAIL, "upi id tking48@okhdfcbank", "tking48@okhdfcbank"),
        (Kind.SECRET, "WPA2 key: h4rb0rMoss!21", "h4rb0rMoss!21"),
        (Kind.SECRET, "ENV DB_PASS mossHarbor#9210", "mossHarbor#9210"),
        (Kind.SECRET, 'os.environ["SECRET_TOKEN"] = "' + HEX + HEX + '"', HEX + HEX),
        (Kind.SECRET, "define('AUTH_KEY', 'wY(Ac%" + MIXED + "!P2&iQ01tE)l*x-hf');", "wY(Ac%" + MIXED + "!P2&iQ01tE)l*x-hf"),
        (Kind.SECRET, "mi clave wifi es Moss2019harbor", "Moss2019harbor"),
        (Kind.BIRTH_DATE, "née 3/2/1979 à Brest", "3/2/1979"),
        (Kind.BIRTH_DATE, "Paciente: J. M., F.N. 12/09/1988", "12/09/1988"),
        (Kind.BIRTH_DATE, "Birth date.....: 19880912", "19880912"),
        (Kind.PLATE, "la voiture, immat. BT-482-LN", "BT-482-LN"),
        (Kind.PLATE, "ทะเบียน 1กข 4827", "1กข 4827"),
        (Kind.PLATE, "nummerplade CK 48 271", "CK 48 271"),
        (Kind.BIRTH_DATE, "patient b. 04/27/1958, metformin", "04/27/1958"),
        (Kind.SECRET, "contraseña: Lucia.8827mar dime", "Lucia.8827mar"),
        (Kind.ADDRESS, "ж.к. Младост 1, бл. 27, вх. Б, ап. 48, София 1784", "ж.к. Младост 1, бл. 27, вх. Б, ап. 48, София 1784"),
        (Kind.ADDRESS, "서울특별시 마포구 월드컵북로 48길 27, 103동 1902호", "서울특별시 마포구 월드컵북로 48길 27, 103동 1902호"),
        (Kind.ACCOUNT, "číslo účtu 19-2000145399/0800", "19-2000145399/0800"),
        (Kind.PHONE, "Tel. 0171 - 448 29 10", "0171 - 448 29 10"),
        (Kind.BIRTH_DATE, "született: Pécs, 1986. 04. 27.", "1986. 04. 27"),
        (Kind.BIRTH_DATE, "народився 19 квітня 1987", "19 квітня 1987"),
        (Kind.BIRTH_DATE, "我1988年8月19日出生，帮我", "1988年8月19日"),
        (Kind.BIRTH_DATE, "TTL: Bandung, 19-07-2001", "19-07-2001"),
        (Kind.PLATE, "my reg is BD63 KWM, V5C lost", "BD63 KWM"),
        (Kind.PLATE, "nr rej. KR 4827K", "KR 4827K"),
        (Kind.PLATE, "договор на к719ор 163", "к719ор 163"),
        (Kind.PLATE, "car no. MH 12 KZ 4827", "MH 12 KZ 4827"),
        (Kind.PLATE, "biển số 30A-482.71", "30A-482.71"),
        (Kind.COORDINATES, "52 deg 31' 14.48\" N, 13 deg 24' 19.30\" E", "52 deg 31' 14.48\" N, 13 deg 24' 19.30\" E"),
        (Kind.COORDINATES, "N 52° 31' 14\", E 13° 24' 19\"", "N 52° 31' 14\", E 13° 24' 19\""),
        (Kind.COORDINATES, "N52 31.241 E013 24.322", "N52 31.241 E013 24.322"),
        (Kind.URL, "wss://a.host.net/ws?access_token=q7ZmX2vKp9RtB4nL", "wss://a.host.net/ws?access_token=q7ZmX2vKp9RtB4nL"),
        (Kind.URL, "https://a.host.net/magic?code=q7ZmX2vKp9RtB4nLs8Wd", "https://a.host.net/magic?code=q7ZmX2vKp9RtB4nLs8Wd"),
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
        "Understanding is my key strength",
        "AbstractFactory2Pattern is my key concept",
        "PAN-OS 11.1.2",
        "NIC E810-XXVDA2",
        "kontakt 24/7 365",
        "účet je za 2024/2025",
        "в 200 мс 30",
        "서울특별시 인구 9400000",
        "横浜市 3-1 で勝つ",
        "d41d8cd98f00b204e9800998ecf8427e.png",
        "CUSIP 037833100",
        "lottery 04-08-15-16-23-42",
        "phone had 48 277 193 units sold",
        "商品番号 4827-7193",
        "대한민국 인구 51628117명",
        "Art.-Nr. 482 771 930",
        "0xdAC17F958D2ee523a2206206994597C13D831ec7",
        "password: config.passwordField",
        "10:24:36:48:12:30 lap times",
        "+1 234 567 8900 dummy",
        "01-02-03-04-05",
        "call volume 482-771 per day",
        "telephone invented 1876, patent 174465",
        "article 48.27.71.93",
        "https://a.shop.net/cart?code=SUMMERSALE2024BIGDISCOUNT",
    ],
)
def test_what_only_sounds_like_it_is_left_alone(text: str) -> None:
    assert not find(text)
