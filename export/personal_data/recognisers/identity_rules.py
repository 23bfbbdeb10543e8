"""Which countries number their people how. The checksums are python-stdnum's; forms and lengths stand here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from export.personal_data.recognisers.identity_checks import OWN

NUMBERS = """
us.ssn 999-99-9999
form 999-99-9999
us.itin 999-99-9999
gb.nhs -10
fr.nir *15
de.idnr 99 999 999 999
de.idnr *11
at.birth *10
at.birth 9999 999999
pt.nif -9
nl.bsn -9
be.nn *11
pl.pesel *11
se.personnummer 999999-9999
se.personnummer 99999999-9999
se.personnummer *10
se.personnummer -12
dk.cpr 999999-9999
dk.cpr -10
is_.kennitala 999999-9999
is_.kennitala *10
no.fodselsnummer *11
cz.rc 999999/9999
cz.rc -10
ro.cnp *13
bg.egn *10
ee.ik *11
lt.asmens *11
hr.oib *11
tr.tckimlik *11
br.cpf 999.999.999-99
br.cpf *11
be.nn 99.99.99-999.99
br.cnpj 99.999.999/9999-99
ar.cuit 99-99999999-9
ar.cuit *11
ar.dni -8
co.nit -10
co.nit 999.999.999-9
ec.ci -10
cn.check *18
kr.birth 999999-9999999
kr.rrn *13
kr.form 999999-9999999
jp.in_ 9999 9999 9999
jp.in_ -12
in_.aadhaar 9999 9999 9999
in_.aadhaar 9999-9999-9999
in_.aadhaar -12
th.pin 9-9999-99999-99-9
th.pin -13
my.nric 999999-99-9999
my.nric *12
id.nik *16
il.idnr -9
za.idnr *13
gr.amka *11
ch.ssn 999.9999.9999.99
ch.ssn *13
au.tfn -9
nz.ird -9
nz.ird -8
ca.sin 999-999-999
ca.sin 999 999 999
ca.sin -9
ru.inn *12
ru.snils 999-999-999 99
ru.snils -11
ua.days *10
si.emso *13
pk.cnic 99999-9999999-9
pk.cnic -13
uy.rut -12
hu.personal *11
hu.personal 9-999999-9999
lv.birth 999999-99999
lv.birth -11
form 9999-9999999-9
ph.sss 99-9999999-9
ae.birth 999-9999-9999999-9
ae.birth -15
eg.birth *14
lu.birth *13
kz.birth *12
cr.cpf 9-9999-9999
pe.cui -9
pe.cui 99999999-9
dz.nin *18
pl.nip -10
md.idno -13
mx.nss -11
ir.code -10
sa.code -10
fr.nir 9 99 99 99 999 999 99
il.idnr 9-9999999-9
by.unp -9
cu.ni *11
lt.asmens -11
sk.rc 999999/9999
vn.mst -10
mu.nid -14
bg.pnf -10
nl.bsn 9999.99.999
nl.bsn 9999 99 999
gb.utr -10
do.cedula -11
do.cedula 999-9999999-9
"""
"""One rule a line: a module of python-stdnum, and a written form with a 9 for each digit; or a number of digits, with a
star if the checksum alone proves it (it has two digits, or a date beside it), with a minus if the text must say so."""

_MEDICARE = "[AC-HJKMNP-RT-Y]"
"""A letter of Medicare's numbers: none that looks like a digit."""
WRITTEN = {
    "gb.nino": r"[A-Z]{2}(?: \d\d \d\d \d\d [A-DFMPT]| ?\d{6} ?[A-DT]| ?\d\d ?\d\d ?\d\d ?[A-D])",
    "fr.nir": r"[12]\d{4}2[AB]\d{8}|[12] \d\d \d\d 2[AB] \d{3} \d{3} \d\d",
    "gb.driver": r"[A-Z]{2,5}9{0,3}\d[0156]\d[0-3]\d\d[A-Z9]{2}\d[A-Z]{2}",
    "it.codicefiscale": r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
    "es.dni": r"\d{8}[- ]?[A-HJ-NP-TV-Z]|\d\d\.\d{3}\.\d{3}[- ]?[A-HJ-NP-TV-Z]",
    "es.nie": r"[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z]",
    "mx.curp": r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d",
    "fi.hetu": r"[0-3]\d[01]\d{3}[-+A-FYXWVU]\d{3}[0-9A-FHJ-NPR-Y]",
    "in_.pan": r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]",
    "ie.pps": r"\d{7}[A-W][AHWTX]?",
    "cl.rut": r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]|\d{7,8}-[\dkK]",
    "pt.cc": r"\d{8} ?\d ?[A-Z]{2}\d",
    "sg.nric": r"[STFG]\d{7}[A-Z]",
    "ve.rif": r"V-\d{8}-\d|(?-i:V)\d{9}",
    "ke.pin": r"(?-i:[AP]\d{9}[A-Z])",
    "mx.rfc": r"(?-i:[A-ZÑ&][AEIOUX][A-ZÑ&]{2}\d{6}[A-Z0-9]{3})",
    "tw.id": r"[A-Z][12]\d{8}",
    "de.pension": r"\d\d [0-7]\d[01]\d\d\d [A-Z] \d{3}",
    "lk.nic": r"\d{9}[VX]",
    "us.mbi": rf"[1-9]{_MEDICARE}(?:\d|{_MEDICARE})\d-{_MEDICARE}(?:\d|{_MEDICARE})\d-{_MEDICARE}{{2}}\d\d",
    "mx.elector": r"(?-i:[A-Z]{6}\d{8}[HM]\d{3})",
    "mrz": r"(?-i:[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14}[\d<]{0,2})",
    "hk.id": r"[A-Z]{1,2}\d{6}\([\dA]\)",
}
"""Numbers with letters: the form, and either a module of python-stdnum or a rule below."""

EXAMPLES = frozenset(
    [
        "123456789",
        "078051120",
        "219099999",
        "987654320",
        "457555462",
        "12345678Z",
        "00000000T",
        "RSSMRA80A01H501U",
        "RSSMRA85T10A562S",
        "AB123456C",
        "11010519491231002X",
        "11144477735",
        "12345678909",
        "44051401359",
        "131052308T",
        "8112189876",
        "234123412346",
        "123456789018",
        "X1234567L",
        "1234567T",
        "ABCDE1234F",
        "S1234567D",
        "A123456789",
        "1234567890",
        "12345678901",
        "46454286",
        "1EG4TE5MK73",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "65180839J003",
    ]
)
"""What manuals print."""


@dataclass(frozen=True, slots=True)
class NumberRule:
    """One way in which a country's number is written."""

    module: str
    form: str
    """`999-99-9999`, or empty."""
    alone: bool
    """The checksum proves it without context."""


@cache
def number_rules() -> dict[int, tuple[NumberRule, ...]]:
    """Return the rules by number of digits."""
    rules: dict[int, tuple[NumberRule, ...]] = {}
    for line in NUMBERS.split("\n"):
        module, _, form = line.partition(" ")
        if not module:
            continue
        starred = form[0] in "*-"
        length = int(form[1:]) if starred else form.count("9")
        rule = NumberRule(module, "" if starred else form, form[0] == "*")
        rules[length] = (*rules.get(length, ()), rule)
    return rules


@cache
def checker(module: str) -> Callable[[str], bool]:
    """Return what checks a country's number."""
    if module in OWN:
        return OWN[module]
    check: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return check
