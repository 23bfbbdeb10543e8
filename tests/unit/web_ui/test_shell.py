"""The page around Gradio's."""

import base64
import gzip
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.responses import Response

from web_ui.shell import ASSETS, PACKED_FROM, dress, packed, policy, read_assets

PAGE = """<html><head><meta property="og:image"
 content="https://elsewhere.example/x.jpg" />
<meta name="twitter:creator" content="@Someone" /><script>window.c = {"root":"http://page.invalid"};</script>
<script type="module" src="./assets/index.js"></script></head><body><script data-x>
y()</script></body></html>"""


def dressed() -> str:
    return dress(PAGE, "An <Arena>", read_assets())


def digest_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"


def test_only_the_pages_own_inline_scripts_may_run():
    allowed = policy(dressed())

    assert digest_of('window.c = {"root":""};') in allowed
    assert digest_of("\ny()") in allowed
    assert allowed.count("sha256-") == 2
    assert "sha256-" not in policy()


def test_nothing_for_social_networks_is_left():
    assert "elsewhere.example" not in dressed()
    assert "twitter" not in dressed()


def test_the_page_does_not_say_where_it_was_made():
    assert "page.invalid" not in dressed()


def test_our_title_style_and_script_are_in():
    assert "<title>An &lt;Arena&gt;</title>" in dressed()
    assert all(f'"{address}"' in dressed() for address in read_assets())


def test_an_asset_is_addressed_by_what_is_in_it():
    addresses = list(read_assets())

    assert addresses == list(read_assets())
    assert {address.rpartition("/")[2] for address in addresses} == set(ASSETS)


def test_a_large_response_is_packed_for_whoever_takes_that():
    body = b"a" * PACKED_FROM
    small = packed(Response(body[1:]), Headers({"accept-encoding": "gzip"}))
    other = packed(Response(body), Headers({"accept-encoding": "identity"}))
    large = packed(Response(body), Headers({"accept-encoding": "br, gzip"}))

    assert (small.body, other.body) == (body[1:], body)
    assert gzip.decompress(large.body) == body
    assert large.headers["content-length"] == str(len(large.body))
