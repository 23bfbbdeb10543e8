# ruff: noqa: E501 (a form reads best in one line)
"""Numbers that are plainly something else, and so neither a phone nor an identity."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

_OTHERWISE = re.compile(
    r"\b10\.\d{4,9}/\S{1,80}"  # a DOI
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?(?![\d.]{0,9}\d)"  # an IP address
    r"|\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?)?(?!\d)"
    r"|\b(?:19|20)\d\d-\d\d-\d\d(?!\d)"
    r"|(?<![\d/.])\d{1,2}([/.-])\d{1,2}\1\d\d,? \d{1,2}:\d\d(?!\d)"  # a chat's times
    r"|\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[T_ -]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?\b"  # a date without signs
    r"|(?<![\d.])(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d(?![\d-])"
    r"|\b(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d\b"  # years
    r"|(?<![\w.])[-+]?\d{1,20}\.\d{5,}(?:e[-+]?\d{1,4})?(?![\w.])"  # a decimal
    r"|(?<![\w.,])\d{1,3}(?:,\d{3}){1,9}(?:\.\d{1,9})?(?![\d,])"  # thousands
    r"|(?<![\w.])(?!0\d|\d{3}\.\d{3}\.\d{4}(?!\d))v?\d{1,6}\.\d{1,6}\.\d{1,6}(?:[-+.][0-9A-Za-z]{1,20}){0,4}(?![\w.])"  # a version
    r"|(?i:(?<![a-z])(?:isbn|issn|cusip|isin|sedol|ndc|nsn|lott(?:ery|o)|art(?:icle|ikel|ículo|icolo)?|ref(?:erence)?|nota fiscal|商品|品番|型番|製品|arxiv|rfc|cve|ticket|issue|order|invoice|sku|upc|ean|asin|part|model|version|build|serial|tracking"
    r"|pid|port|bug|commit|row|line|page|doi|pmid|oeis|timestamp|epoch|seed|thread|process|job|batch|sequence|transaction"
    r"|receipt|shipment|parcel|lot|item|product|article|bestell(?:ung|nummer)?|commande|pedido|ordine|bestelling|zamówieni[ae]|objednávk[ay]|comand[aă]|narudžb[ae]|pesanan|mã đơn(?: hàng)?|sipariş|заказа?|замовлення|поръчка|订单|訂單|注文|주문|الطلب|הזמנה"
    r"|(?:user|order|video|tweet|post|item|device|session|request|app|channel|message|product|object|document|run|node|task|trace|span|event|record|error|build|job) ?id"
    r"|isbn[ -]?1[03])(?:[ .-]{0,2}(?:no\.?|nr\.?|ref\.?|number|nummer|code|id|号|號|编号|番号|번호))?"
    r"\s?(?:is|was)?[:#=号\s-]{0,3})\d[\d .\-]{4,20}\d"
    r"|(?<!\d)97[89][ -]?\d(?:[ -]?\d){8}[ -]?[\dX](?!\d)"  # an ISBN
    r"|(?i:(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-]))"  # a UUID
    r"|(?<![\d ])\d[\d ]{0,24}(?:[*^=×÷<>]|\s/)\s?(?!0\d)\d[\d .]{0,24}|\d\s[-+*]\s\d[\d .]{0,24}"  # arithmetic
    r"|\b[A-Z]{2}[\s#]{1,8}\d{5}-\d{4}(?!\d)"  # a ZIP code
    r"|(?i:(?<![a-z])(?:factori[sz]e|prime|sum|product|difference|인구|人口|عدد السكان|население|населення|dân số|nüfus|sqrt|compute|calculate|evaluate|multiply|divide|subtract|population|revenue|turnover|gdp|budget|costs)(?: (?:of|is|was|by|the|number))?[ (:=]{1,3})[$€£¥₹]?\d[\d .,]{3,24}\d"
    r"|(?<![\d.,])\d[\d .,]{3,24}\d(?i: ?(?:mod|times|plus|minus|divided|multiplied|prime|dollars?|euros?|rou?bles?|pesos|rupees|yen|yuan|people|units|shares|copies|votes|nodes|visitors|words|pieces|명|inhabitants|citizens|kilomet\w+|met(?:er|re)s|km|bytes|usd|eur|gbp|jpy|cny|inr|rub|умножить|плюс|минус|разделить|рублей|руб|долларов|человек|원|円|元|人)(?![a-z]))"
    r"|(?i:\bwhere (?:\w{1,20}\.)?\w{0,20}id ?= ?)\d{4,20}"  # a query
    r"|[$€£¥₹]\s?\d[\d .,]{3,20}\d",  # a price
    re.ASCII,
)


DATED = r"(?:19|20)\d\d-[01]\d-[0-3]\d "
"""How a line begins that tells a day first: what follows is a number of its own."""
BEFORE_DAY = r"(?! (?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))"
"""What no number goes on over: a space and a day."""
_DATE = re.compile(r"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])", re.ASCII)


def is_date(found: str) -> bool:
    """Tell whether a candidate is plainly a date: these are the commonest, and `vetoed` names all of them."""
    return _DATE.fullmatch(found) is not None


@lru_cache(maxsize=4)  # one recogniser asks after the other
def vetoed(text: str) -> Sequence[tuple[int, int]]:
    """Return where such numbers stand, in order."""
    return tuple(match.span() for match in _OTHERWISE.finditer(text))


def overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether a place touches one of the spans, which are in order and apart."""
    at = bisect_left(spans, (end, 0))
    return at > 0 and start < spans[at - 1][1]
