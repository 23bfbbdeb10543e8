# ruff: noqa: E501 (a form reads best in one line)
"""Keys, tokens, passwords and wallets in the forms that their issuers give out. None of them opens anything."""

import base64
import hashlib
import json
import string
from collections.abc import Callable, Mapping
from random import Random
from uuid import UUID

B64 = string.ascii_letters + string.digits + "-_"
ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
B32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

Vendors = Mapping[str, tuple[str | tuple[str, int], ...]]
# vendor: the pieces of a key, a text as it stands or (alphabet, length)
FORMS: Vendors = {
    "openai project": ("sk-proj-", (B64, 74), "T3BlbkFJ", (B64, 74)),
    "openai": ("sk-", (ALNUM, 20), "T3BlbkFJ", (ALNUM, 20)),
    "openai service": ("sk-svcacct-", (B64, 58), "T3BlbkFJ", (B64, 58)),
    "openai older": ("sk-", (ALNUM, 48)),
    "anthropic": ("sk-ant-api03-", (B64, 93), "AA"),
    "openrouter": ("sk-or-v1-", (HEX, 64)),
    "deepseek": ("sk-", (HEX, 32)),
    "github": ("ghp_", (ALNUM, 36)),
    "github oauth": ("gho_", (ALNUM, 36)),
    "github fine": ("github_pat_11", (UPPER, 20), "_", (ALNUM, 59)),
    "gitlab": ("glpat-", (B64, 20)),
    "slack bot": ("xoxb-", ("0123456789", 12), "-", ("0123456789", 13), "-", (ALNUM, 24)),
    "slack user": ("xoxp-", ("0123456789", 11), "-", ("0123456789", 11), "-", ("0123456789", 13), "-", (HEX, 32)),
    "slack hook": ("https://hooks.slack.com/services/T", (UPPER, 8), "/B", (UPPER, 10), "/", (ALNUM, 24)),
    "aws": ("AKIA", (B32, 16)),
    "aws session": ("ASIA", (B32, 16)),
    "google": ("AIzaSy", (B64, 33)),
    "google oauth": ("GOCSPX-", (B64, 28)),
    "google access": ("ya29.a0", (B64, 120)),
    "stripe": ("sk_live_51", (ALNUM, 97)),
    "stripe restricted": ("rk_live_", (ALNUM, 24)),
    "stripe hook": ("whsec_", (ALNUM, 32)),
    "twilio": ("SK", (HEX, 32)),
    "sendgrid": ("SG.", (B64, 22), ".", (B64, 43)),
    "mailchimp": ((HEX, 32), "-us14"),
    "mailgun": ("key-", (HEX, 32)),
    "npm": ("npm_", (ALNUM, 36)),
    "pypi": ("pypi-AgEIcHlwaS5vcmc", (B64, 140)),
    "hugging face": ("hf_", (string.ascii_letters, 34)),
    "telegram": ("59", ("0123456789", 8), ":AA", (B64, 33)),
    "discord": ("MT", (ALNUM, 24), ".G", (ALNUM, 5), ".", (B64, 38)),
    "discord hook": ("https://discord.com/api/webhooks/11", ("0123456789", 17), "/", (B64, 68)),
    "digitalocean": ("dop_v1_", (HEX, 64)),
    "shopify": ("shpat_", (HEX, 32)),
    "square": ("EAAA", (B64, 60)),
    "linear": ("lin_api_", (ALNUM, 40)),
    "notion": ("ntn_", ("0123456789", 11), (ALNUM, 35)),
    "notion older": ("secret_", (ALNUM, 43)),
    "databricks": ("dapi", (HEX, 32)),
    "new relic": ("NRAK-", (UPPER, 27)),
    "grafana": ("glsa_", (ALNUM, 32), "_", (HEX, 8)),
    "vault": ("hvs.", (B64, 90)),
    "docker": ("dckr_pat_", (B64, 27)),
    "postman": ("PMAK-", (HEX, 24), "-", (HEX, 34)),
    "airtable": ("pat", (ALNUM, 14), ".", (HEX, 64)),
    "figma": ("figd_", (B64, 40)),
    "replicate": ("r8_", (ALNUM, 37)),
    "groq": ("gsk_", (ALNUM, 52)),
    "xai": ("xai-", (ALNUM, 80)),
    "perplexity": ("pplx-", (ALNUM, 48)),
    "doppler": ("dp.pt.", (ALNUM, 43)),
    "planetscale": ("pscale_tkn_", (B64, 43)),
    "supabase": ("sbp_", (HEX, 40)),
    "mapbox": ("sk.eyJ1Ijoi", (ALNUM, 44), ".", (B64, 22)),
    "rubygems": ("rubygems_", (HEX, 48)),
    "atlassian": ("ATATT3xFfGF0", (B64, 170), "=", ("0123456789ABCDEF", 8)),
    "netlify": ("nfp_", (ALNUM, 36)),
    "fly": ("fo1_", (B64, 43)),
    "sentry": ("sntryu_", (HEX, 64)),
    "facebook": ("EAAG", (ALNUM, 170)),
    "pinecone": ("pcsk_", (ALNUM, 6), "_", (ALNUM, 63)),
    "tavily": ("tvly-dev-", (ALNUM, 32)),
    "langsmith": ("lsv2_pt_", (HEX, 32), "_", (HEX, 10)),
    "nvidia": ("nvapi-", (B64, 64)),
    "fireworks": ("fw_", (ALNUM, 24)),
    "age": ("AGE-SECRET-KEY-1", ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
}


def drawn(rng: Random, form: tuple[str | tuple[str, int], ...]) -> str:
    """Draw a key in a vendor's form."""
    return "".join(piece if isinstance(piece, str) else "".join(rng.choices(piece[0], k=piece[1])) for piece in form)


def jwt(rng: Random) -> str:
    """Return a signed token of the web."""
    head = {"alg": "HS256", "typ": "JWT"}
    body = {"sub": str(rng.randint(10**5, 10**9)), "iat": rng.randint(1_600_000_000, 1_790_000_000)}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).decode().rstrip("=")
        for part in (head, body)
    ]
    return ".".join((*parts, drawn(rng, ((B64, 43),))))


def private_key(rng: Random) -> str:
    """Return a key file as it is pasted."""
    name = rng.choice(("RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"))
    lines = ["".join(rng.choices(ALNUM + "+/", k=64)) for _ in range(rng.randint(3, 12))]
    return "\n".join((f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"))


def connection(rng: Random) -> str:
    """Return a database's address with a password in it."""
    return f"{rng.choice(('postgres', 'mysql', 'mongodb+srv', 'redis', 'amqp'))}://{word(rng)}:{password(rng)}@db{rng.randint(1, 9)}.{word(rng)}.io/{word(rng)}"


def password(rng: Random) -> str:
    """Return a password as people choose them: a word with something behind it, or chance."""
    some = word(rng).capitalize() + rng.choice("!#$_") + str(rng.randint(10, 2099))
    return rng.choice(
        (
            some,
            "".join(rng.choices(ALNUM + "!#$%*", k=12)) + "7a",
            word(rng) + "-" + word(rng) + str(rng.randint(1, 99)),
        )
    )


def word(rng: Random) -> str:
    """Return something that can be said and is no word."""
    return "".join(rng.choice("bdfglmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(3, 4)))


_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _base58check(rng: Random, version: int) -> str:
    body = bytes([version]) + rng.randbytes(20)
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, out = int.from_bytes(body), ""
    while number:
        number, rest = divmod(number, 58)
        out = _B58[rest] + out
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + out


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> place & 1 else 0
    return check


def _bech32(rng: Random, prefix: str, version: int, length: int, constant: int) -> str:
    bits = int.from_bytes(rng.randbytes(length)) << (-length * 8 % 5)
    count = -(-length * 8 // 5)
    data = [version, *((bits >> 5 * (count - 1 - place)) & 31 for place in range(count))]
    head = [*(ord(each) >> 5 for each in prefix), 0, *(ord(each) & 31 for each in prefix)]
    check = _polymod([*head, *data, 0, 0, 0, 0, 0, 0]) ^ constant
    return f"{prefix}1" + "".join(
        _BECH[each] for each in (*data, *((check >> 5 * (5 - place)) & 31 for place in range(6)))
    )


WALLETS: dict[str, Callable[[Random], str]] = {
    "bitcoin legacy": lambda rng: _base58check(rng, 0),
    "bitcoin script": lambda rng: _base58check(rng, 5),
    "bitcoin bech32": lambda rng: _bech32(rng, "bc", 0, 20, 1),
    "bitcoin taproot": lambda rng: _bech32(rng, "bc", 1, 32, 0x2BC830A3),
    "litecoin": lambda rng: _base58check(rng, 48),
    "litecoin bech32": lambda rng: _bech32(rng, "ltc", 0, 20, 1),
    "dogecoin": lambda rng: _base58check(rng, 30),
    "tron": lambda rng: _base58check(rng, 65),
    "ethereum": lambda rng: "0x" + "".join(rng.choices(HEX, k=40)),
    "ethereum mixed": lambda rng: "0x" + "".join(rng.choices(HEX + "ABCDEF", k=40)),
}


def hexes(rng: Random, length: int) -> str:
    """Return digits to the base of sixteen."""
    return "".join(rng.choices(HEX, k=length))


def uuid(rng: Random) -> str:
    """Return an id that stands for nothing."""
    return str(UUID(int=rng.getrandbits(128), version=4))
