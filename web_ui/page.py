"""The page: a heading, the terms where needed, the tabs."""

from html import escape
from typing import Any

import gradio as gr
from fastapi import FastAPI

from arena.battle import BattleView, Mode
from arena.errors import ArenaError, NotFound, NotYours
from arena.session import SessionView
from arena.settings import WebSection
from web_ui import data_texts, texts
from web_ui.actions import Action, Updates
from web_ui.allowance import can_chat, keeps
from web_ui.controller_client import ControllerClient
from web_ui.tabs.about import build_about
from web_ui.tabs.battle import BattleTab
from web_ui.tabs.code import Offer
from web_ui.tabs.data import DataTab
from web_ui.tabs.desk import Desk
from web_ui.tabs.direct import DirectTab
from web_ui.tabs.leaderboard import LeaderboardTab
from web_ui.tabs.markup import markup, said, status_line
from web_ui.tabs.side_by_side import SideBySideTab
from web_ui.tabs.terms import TermsPanel, accepting, build_terms
from web_ui.theme import theme
from web_ui.view import View, direct_look, duel_look
from web_ui.visitor import Visitor


class _Blocks(gr.Blocks):
    """Blocks whose queue is never started: nothing uses it, and idle it looks for work 600 times a second."""

    def run_startup_events(self) -> None:
        """Get ready without the queue."""
        self.is_running = True
        self.create_limiter()


class Page:
    """All tabs together, and what happens when the page is opened."""

    def __init__(self, web: WebSection, controller: ControllerClient, *, may_chat_unlogged: bool) -> None:
        self.web = web
        self.controller = controller
        self.may_chat_unlogged = may_chat_unlogged

    def build(self) -> gr.Blocks:
        """Lay everything out and bind it."""
        with _Blocks(title=self.web.title, analytics_enabled=False, fill_width=True) as blocks:
            title = f'<h1>{escape(self.web.title)}</h1><span class="tagline">{texts.TAGLINE}</span>'
            markup(title, elem_classes="masthead")
            self.notice = status_line("notice")
            self.terms: TermsPanel = build_terms(may_chat_unlogged=self.may_chat_unlogged)
            self.desk = Desk(self.controller, self.terms.panel)
            self.offer, self.data = Offer(self.desk), DataTab(self.desk)
            self.battle, self.side, self.direct = BattleTab(self.desk), SideBySideTab(self.desk), DirectTab(self.desk)
            self.offer.build()
            self._build_tabs()
            self._wire(blocks)
        return blocks

    def _build_tabs(self) -> None:
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as self.tabs:
            with gr.Tab(texts.BATTLE, id="battle"):
                self.battle.build()
            with gr.Tab(texts.SIDE_BY_SIDE, id="side"):
                self.side.build()
            with gr.Tab(texts.DIRECT, id="direct"):
                self.direct.build()
            with gr.Tab(texts.LEADERBOARD, id="leaderboard") as tab:
                LeaderboardTab(self.desk, self.web.leaderboard_site).build(tab)
            with gr.Tab(data_texts.YOUR_DATA, id="data") as self.data_tab:
                self.data.build(self.offer.panel)
            with gr.Tab(texts.ABOUT, id="about"):
                build_about()

    def _wire(self, blocks: gr.Blocks) -> None:
        terms, status = self.terms, self.battle.composer.status
        chats = [*self.battle.outputs, *self.side.outputs, *self.direct.outputs]
        together = [*chats, *self.data.outputs, *terms.outputs, *self.offer.outputs, self.notice, self.tabs]
        outputs = list({id(each): each for each in together}.values())
        self.desk.bind(blocks.load, "welcome", self.welcome, [], outputs, status).then(
            fn=None, js="arenaConsent.recall", outputs=[self.notice]
        ).then(fn=None, js="arenaBoard.open")
        accepted = terms.accept.click(fn=None, js=accepting(), inputs=terms.choices.all(), outputs=[terms.status])
        self.desk.bind(accepted.then, "accepted", self.accepted, [], outputs, status).then(
            fn=None, js="arenaConsent.begin"
        )
        self.data.wire(self.data_tab, self.changed, outputs, terms.choices)
        ask = gr.Button("", visible="hidden", elem_id="ask-terms")
        ask.click(fn=None, js="() => ({__type__: 'update', visible: true})", outputs=[terms.panel])

    async def welcome(self, visitor: Visitor, *, is_new: bool = False) -> Updates:
        """Show the page as it stands for this visitor: terms or not, which models, which battle is open.

        Who `is_new` has accepted the terms just now, and is offered a deletion code.
        """
        try:
            listed = await self.controller.models(visitor)
            session = await self.desk.session(visitor)
            battle = await self._open_battle(visitor, session) if keeps(session) else None
        except ArenaError as error:
            composers = [tab.composer.locked(texts.PROMPT_UNKNOWN) for tab in (self.battle, self.side, self.direct)]
            return _merged(*composers, self.desk.refused(self.battle.composer.status, error))
        offered = {**self.side.offered(listed.models), **self.direct.offered(listed.models)}
        is_offered = is_new and session is not None and keeps(session) and not session.has_deletion_code
        offer = {**self.offer.made(), **self.data.codes.blank()} if is_offered else {}
        return _merged(offered, self._restored(battle), self.data.shown(session), self._standing(session), offer)

    async def accepted(self, visitor: Visitor) -> Updates:
        """Show the page to a visitor who has accepted the terms just now."""
        return {**await self.welcome(visitor, is_new=True), self.notice: ""}

    async def changed(self, visitor: Visitor) -> Updates:
        """Show the chats as they stand after the visitor allowed something else; the tab stays open that is."""
        return {part: update for part, update in (await self.welcome(visitor)).items() if part is not self.tabs}

    async def _open_battle(self, visitor: Visitor, session: SessionView | None) -> BattleView | None:
        """Return the battle that still waits for its vote."""
        if session is None or session.open_battle is None:
            return None
        try:
            return await self.controller.battle(visitor, session.open_battle)
        except (NotFound, NotYours):
            return None

    def _standing(self, session: SessionView | None) -> Updates:
        """Return what depends on what the visitor has accepted."""
        terms = self.terms.shown(session, is_needed=not can_chat(session))
        if not can_chat(session):
            locked = [tab.composer.locked() for tab in (self.battle, self.side, self.direct)]
            return _merged(terms, *locked)
        is_kept = keeps(session)
        selected = {} if is_kept else {self.tabs: gr.update(selected="direct")}
        tabs = [tab.allowed(is_kept=is_kept) for tab in (self.battle, self.side, self.direct)]
        return _merged(terms, *tabs, selected)

    def _restored(self, battle: BattleView | None) -> Updates:
        """Return the three tabs, with the open battle in the one that it belongs to."""
        updates: Updates = {}
        for tab, mode in ((self.battle, Mode.BATTLE), (self.side, Mode.SIDE_BY_SIDE)):
            found = battle if battle and battle.mode is mode else None
            view = View(key=found.id) if found else View()
            look = duel_look(found, view)
            updates |= {tab.composer.view: view, **tab.shown(look), tab.composer.status: said(look.status)}
        updates |= {self.direct.composer.view: View(), **self.direct.shown(direct_look(None, View()))}
        if battle and battle.mode is Mode.SIDE_BY_SIDE:
            updates[self.tabs] = gr.update(selected="side")
        return updates


def _merged(*parts: Updates) -> Updates:
    """Put updates together; properties of one component from several parts add up."""
    result: Updates = {}
    for part in parts:
        for component, update in part.items():
            result[component] = {**result.get(component, {}), **update} if isinstance(update, dict) else update
    return result


def build_page(
    web: WebSection, controller: ControllerClient, *, may_chat_unlogged: bool
) -> tuple[gr.Blocks, dict[str, Action]]:
    """Return the page's blocks, and what they call, by name."""
    page = Page(web, controller, may_chat_unlogged=may_chat_unlogged)
    return page.build(), page.desk.actions


def mount_page(app: FastAPI, blocks: gr.Blocks) -> None:
    """Put the blocks at `/`."""
    quiet: dict[str, Any] = {
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "pwa": False,
        "mcp_server": False,
        "show_error": False,
    }
    gr.mount_gradio_app(app, blocks, path="/", theme=theme(), **quiet)
