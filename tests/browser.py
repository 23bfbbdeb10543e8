"""A real browser, and a visitor who uses the page with it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Without these the browser itself speaks to its makers."""
CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 20_000
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}


@contextmanager
def a_browser() -> Generator[Browser]:
    """Start Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One visitor's stay in the page. Remembers every address that the browser asked, and every complaint it made."""

    page: Page
    url: str
    asked: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self) -> "Visit":
        """Open the page and wait until it knows its visitor."""
        self.page.goto(self.url)
        expect(self.page.locator("#terms-accept, #battle-box textarea:enabled").first).to_be_visible()
        return self

    def accept(self, *boxes: str) -> "Visit":
        """Accept the terms, with the boxes `release` and `share` ticked as named."""
        for box in boxes:
            self.page.locator(f"#terms-{box} input").check()
        self.page.locator("#terms-accept").click()
        expect(self.box("battle")).to_be_enabled()
        return self

    def accept_unlogged(self) -> "Visit":
        """Accept the terms, but not that anything is kept."""
        self.page.locator("#terms-keep input").uncheck()
        self.page.locator("#terms-accept").click()
        expect(self.box("direct")).to_be_enabled()
        return self

    def own_code(self, room: str) -> str:
        """Make a deletion code in `offer` or `data`, and return it as it is shown."""
        self.button(f"{room}-make").click()
        return self.page.locator(f"#{room}-code").inner_text()

    def tab(self, name: str) -> None:
        """Go to a tab."""
        self.page.get_by_role("tab", name=name).click()

    def box(self, room: str) -> Locator:
        """The box one writes into."""
        return self.page.locator(f"#{room}-box textarea")

    def button(self, name: str) -> Locator:
        """A button, by the end of its id."""
        return self.page.locator(f"button#{name}")

    def ask(self, room: str, text: str) -> None:
        """Send a message with the keyboard."""
        self.box(room).fill(text)
        self.box(room).press("Enter")

    def chat(self, room: str, text: str) -> None:
        """Send a message and wait until it is answered."""
        before = self.messages(room).count()
        self.ask(room, text)
        expect(self.messages(room)).to_have_count(before + 1)
        self.until_answered(room)

    def messages(self, room: str) -> Locator:
        """The visitor's own messages, as side A shows them."""
        return self.page.locator(f"#{room}-a .user-row")

    def answer(self, room: str, side: str = "a") -> Locator:
        """The last answer on one side."""
        return self.page.locator(f"#{room}-{side} .bot-row .message-content").last

    def until_answered(self, room: str) -> None:
        """Wait until answers that are being written have ended, and the next message could be sent."""
        expect(self.button(f"{room}-stop")).to_be_hidden(timeout=3 * PATIENCE_MS)
        expect(self.box(room)).to_be_enabled()

    def name(self, room: str, side: str) -> str:
        """The heading of one side."""
        return self.page.locator(f"#{room}-{side}-name .name").inner_text()

    def said(self) -> Locator:
        """The status lines that can be seen."""
        return self.page.locator(".status .said:visible")

    def widest(self) -> int:
        """How wide the page is, in CSS pixels, with what sticks out of it."""
        return self.page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")

    def cut_off(self) -> list[str]:
        """What can be seen of it only in part: the page hides what sticks out at its sides."""
        script = """all => all.filter(each => each.checkVisibility()).filter(each => {
            const { left, right } = each.getBoundingClientRect();
            return left < 0 || right > innerWidth;
        }).map(each => each.id || each.textContent)"""
        return self.page.locator(":is(.card, .offer, .terms, .needs-log) :is(button, input, p, code, h2)").evaluate_all(
            script
        )


@contextmanager
def a_visit(
    browser: Browser, url: str, *, viewport: dict[str, int] | None = None, dark: bool = False
) -> Generator[Visit]:
    """A visitor with an empty browser; at the end it has found nothing to complain about and asked nobody else."""
    context: BrowserContext = browser.new_context(
        viewport={"width": (viewport or DESK)["width"], "height": (viewport or DESK)["height"]},
        color_scheme="dark" if dark else "light",
        has_touch=viewport == PHONE,
    )
    try:
        visit = Visit(context.new_page(), url.rstrip("/"))
        yield visit
        assert not visit.complaints, visit.complaints
        assert not foreign(visit), foreign(visit)
    finally:
        context.close()


def foreign(visit: Visit) -> list[str]:
    """Return every address outside the page that the browser asked."""
    return [url for url in visit.asked if not url.startswith((visit.url, "data:", "blob:"))]
