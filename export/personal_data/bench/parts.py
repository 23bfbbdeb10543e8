# ruff: noqa: E501 (a form reads best in one line)
"""Words that values are made of. Every second one is held out: only the final measure sees it."""

from collections.abc import Sequence
from typing import Literal, TypeVar

Half = Literal["tuned", "held_out"]
_T = TypeVar("_T")


def half_of(items: Sequence[_T], half: Half) -> Sequence[_T]:
    """Return the half of a list that one may look at while tuning, or the other."""
    return items[half == "held_out" :: 2]


GIVEN = [
    "ada",
    "bram",
    "chiara",
    "dmitri",
    "elif",
    "farid",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "kaoru",
    "linh",
    "mateo",
    "nadia",
    "olga",
    "pedro",
    "quentin",
    "rosa",
    "sven",
    "tuan",
]
FAMILY = [
    "lindqvist",
    "okafor",
    "moreau",
    "petrov",
    "yilmaz",
    "haddad",
    "keller",
    "santos",
    "vega",
    "winter",
    "tanaka",
    "nguyen",
    "rossi",
    "haas",
    "novak",
    "silva",
    "dupont",
    "berg",
    "kaya",
    "phan",
]
DOMAINS = [
    "gmail.com",
    "outlook.de",
    "yahoo.co.jp",
    "proton.me",
    "web.de",
    "mail.ru",
    "orange.fr",
    "uol.com.br",
    "hotmail.it",
    "gmx.net",
    "icloud.com",
    "seznam.cz",
]

STREETS: dict[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "US": ("{n} {s}, {c}", ["Maple Avenue", "Cedar Lane", "Kingston Rd", "Willow Creek Drive", "Pleasant St", "Harbor Blvd"], ["Dayton, OH 45402", "Boise, ID 83702", "Tulsa, OK 74103", "Reno, NV 89501"]),
    "GB": ("{n} {s}, {c}", ["Station Road", "Victoria Street", "Church Lane", "Park Crescent", "Mill Close", "Kings Terrace"], ["Leeds LS1 4DY", "York YO1 7HH", "Bath BA1 2QZ", "Derby DE1 3AH"]),
    "CA": ("{n} {s}, {c}", ["Birch Street", "Lakeshore Road", "Queen St", "Granville Avenue"], ["Toronto, ON M5V 2T6", "Calgary, AB T2P 1J9"]),
    "AU": ("{n} {s}, {c}", ["Banksia Street", "Ocean Parade", "Wattle Grove", "Collins Rd"], ["Perth WA 6000", "Hobart TAS 7000"]),
    "DE": ("{s} {n}, {c}", ["Lindenstraße", "Am Mühlbach", "Goetheweg", "Schulgasse", "Berliner Allee", "Bahnhofstr."], ["10969 Berlin", "50667 Köln", "04109 Leipzig", "80331 München"]),
    "FR": ("{n} {s}, {c}", ["rue de la Paix", "avenue Jean Jaurès", "boulevard Voltaire", "chemin des Vignes", "place Bellecour", "impasse du Moulin"], ["69002 Lyon", "31000 Toulouse"]),
    "ES": ("{s}, {n}, {c}", ["Calle de Alcalá", "Avenida del Puerto", "Paseo de Gracia", "Calle Mayor", "C/ Serrano", "Plaza de España"], ["28014 Madrid", "46021 Valencia"]),
    "IT": ("{s} {n}, {c}", ["Via Garibaldi", "Corso Vittorio Emanuele", "Piazza della Repubblica", "Viale dei Mille", "Via Roma", "Vicolo del Fico"], ["20121 Milano", "50123 Firenze"]),
    "PT": ("{s}, {n}, {c}", ["Rua Augusta", "Avenida da Liberdade", "Travessa do Carmo", "Rua das Flores"], ["1250-096 Lisboa", "4000-012 Porto"]),
    "NL": ("{s} {n}, {c}", ["Prinsengracht", "Kerkstraat", "Molenweg", "Stationsplein", "Burgemeesterlaan", "Oudedijk"], ["1015 DV Amsterdam", "3511 AB Utrecht"]),
    "PL": ("{s} {n}, {c}", ["ul. Długa", "al. Jerozolimskie", "ul. Marszałkowska", "os. Słoneczne"], ["00-238 Warszawa", "31-147 Kraków"]),
    "SE": ("{s} {n}, {c}", ["Storgatan", "Kungsvägen", "Björkstigen", "Skolgatan"], ["111 29 Stockholm", "411 01 Göteborg"]),
    "RU": ("{c}, {s}, д. {n}", ["ул. Ленина", "проспект Мира", "улица Садовая", "пер. Зелёный"], ["Москва", "Казань"]),
    "BR": ("{s}, {n}, {c}", ["Rua das Laranjeiras", "Avenida Paulista", "Alameda Santos", "Travessa dos Reis"], ["São Paulo", "Recife"]),
    "JP": ("{c}{s}{n}", ["西新宿2-8-", "中町3丁目", "本町1-4-", "栄2丁目"], ["東京都新宿区", "大阪府堺市"]),
    "CN": ("{c}{s}{n}号", ["中山路", "人民大道", "解放街", "建国路"], ["上海市黄浦区", "广州市天河区"]),
    "KR": ("{c} {s} {n}", ["세종대로", "테헤란로", "중앙로", "한강대로"], ["서울특별시 강남구", "부산광역시 해운대구"]),
    "TR": ("{s} No: {n}, {c}", ["Atatürk Caddesi", "Cumhuriyet Mahallesi Gül Sokak", "İnönü Bulvarı", "Papatya Sok."], ["Ankara", "İzmir"]),
    "AT": ("{s} {n}, {c}", ["Mariahilfer Straße", "Kärntner Ring", "Am Graben", "Landstraßer Hauptstraße"], ["1060 Wien", "8010 Graz"]),
    "CH": ("{s} {n}\n{c}", ["Bahnhofstrasse", "Seestrasse", "Rosenweg", "Kirchgasse"], ["8001 Zürich", "3011 Bern"]),
    "BE": ("{s} {n}, {c}", ["Kerkstraat", "Molenlaan", "Steenweg", "Stationsstraat"], ["9000 Gent", "2018 Antwerpen"]),
    "DK": ("{s} {n}, {c}", ["Vestergade", "Østerbrogade", "Skovvej", "Nørregade"], ["8000 Aarhus", "2100 København"]),
    "NO": ("{s} {n}, {c}", ["Storgata", "Kirkegata", "Bjørkeveien", "Strandveien"], ["0155 Oslo", "5003 Bergen"]),
    "FI": ("{s} {n}, {c}", ["Mannerheimintie", "Koivukuja", "Hämeenkatu", "Rantatie"], ["00100 Helsinki", "33200 Tampere"]),
    "CZ": ("{s} {n}\n{c}", ["Vinohradská", "Na Příkopě", "Husova", "Masarykova"], ["120 00 Praha", "602 00 Brno"]),
    "HU": ("{s} {n}., {c}", ["Kossuth utca", "Petőfi utca", "Váci út", "Dózsa tér"], ["1051 Budapest", "6720 Szeged"]),
    "RO": ("{s} nr. {n}, {c}", ["Strada Lalelelor", "Bulevardul Unirii", "Calea Victoriei", "Strada Florilor"], ["030167 București", "400001 Cluj"]),
    "GR": ("{s} {n}, {c}", ["Ερμού", "Πατησίων", "Αγίου Δημητρίου", "Εγνατία"], ["105 63 Αθήνα", "546 24 Θεσσαλονίκη"]),
    "UA": ("{s}, буд. {n}, {c}", ["вул. Шевченка", "вулиця Франка", "просп. Перемоги", "вул. Садова"], ["Київ, 01001", "Львів, 79000"]),
    "MX": ("{s} {n}, {c}", ["Calle Hidalgo", "Avenida Juárez", "Calle Morelos", "Calzada del Valle"], ["Col. Centro, 06000 México", "Monterrey, NL 64000"]),
    "IN": ("{n}, {s}, {c}", ["Gandhi Nagar", "Park Street", "MG Road", "Nehru Marg"], ["Pune 411001", "Kolkata - 700016"]),
    "IE": ("{n} {s}, {c}", ["Grafton Street", "Patrick Street", "Shop Street", "Quay Road"], ["Dublin D02 VY79", "Cork T12 W8KP"]),
    "VN": ("{n} {s}, {c}", ["đường Lê Lợi", "phố Hàng Bài", "đường Nguyễn Trãi", "phố Huế"], ["Hà Nội", "Đà Nẵng"]),
    "ID": ("{s} No. {n}, {c}", ["Jl. Sudirman", "Jalan Merdeka", "Jl. Diponegoro", "Gang Mawar"], ["Jakarta", "Bandung 40111"]),
    "TW": ("{c}{s}{n}號", ["忠孝東路四段", "中正路", "民生路", "復興南路"], ["台北市大安區", "高雄市三民區"]),
}  # fmt: skip
"""Country: the form of an address, streets, places."""

BIRTH_WORDS = [
    "My date of birth is", "DOB:", "I was born on", "date of birth -", "my birthday is", "D.O.B.", "Geburtsdatum:", "Ich bin geboren am", "fecha de nacimiento:",
    "nací el", "date de naissance :", "je suis né le", "data de nascimento:", "data di nascita:", "geboortedatum:", "data urodzenia:", "дата рождения:",
    "дата рождения", "doğum tarihi:", "födelsedatum:", "生年月日は", "出生日期：",
]  # fmt: skip
PLATE_WORDS = ["my license plate is", "licence plate:", "the plate number was", "vehicle registration", "mein Kennzeichen ist", "plaque d'immatriculation :", "targa", "kenteken", "number plate", "matrícula:"]  # fmt: skip
PLATE_FORMS = ["AAA-9999", "AA99 AAA", "9AAA999", "B-AA 9999", "AA-999-AA", "AA 999 AA", "99-AA-99", "9999 AAA"]
