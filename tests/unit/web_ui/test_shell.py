"""The page around Gradio's."""

import re

from web_ui.shell import dress, read_assets

PAGE = """<html><head><meta property="og:image"
 content="https://elsewhere.example/x.jpg" />
<meta name="twitter:creator" content="@Someone" /><script>window.x = 1;</script>
<script type="module" src="./assets/index.js"></script></head><body><script>y()</script></body></html>"""


def dressed() -> str:
    return dress(PAGE, "An <Arena>", read_assets(), "the-nonce")


def test_every_script_carries_the_nonce():
    assert re.findall(r"<script(?! nonce=\"the-nonce\")", dressed()) == []


def test_nothing_for_social_networks_is_left():
    assert "elsewhere.example" not in dressed()
    assert "twitter" not in dressed()


def test_our_title_style_and_script_are_in():
    assert "<title>An &lt;Arena&gt;</title>" in dressed()
    assert all(f'"{address}"' in dressed() for address in read_assets())


def test_an_asset_is_addressed_by_what_is_in_it():
    assert all(re.fullmatch(r"/visitor/[0-9a-f]{16}/arena\.(css|js)", address) for address in read_assets())
