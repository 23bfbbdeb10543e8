"""What the page needs to run."""

from pydantic import SecretStr

from arena.settings import LOOPBACK, Networks, WebSection
from arena.word import Word


class WebSettings(Word):
    """Read once, in the command line; handed down from there."""

    web: WebSection
    page_key: SecretStr
    """With it the page speaks for its visitors."""
    observers: Networks = LOOPBACK
    """Only from here may `/metrics` be read."""
    may_chat_unlogged: bool = False
    """New visitors are offered to chat without anything being kept; the controller has the last word."""
