"""*Your data*: what a visitor allows, the deletion code, and deleting everything."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from arena.errors import ArenaError, TermsOutdated
from arena.session import SessionView
from web_ui import data_texts
from web_ui.actions import Handler, Updates
from web_ui.allowance import in_force, keeps, summary
from web_ui.tabs.choices import Choices, build_choices, wanted
from web_ui.tabs.code import CodeMaker
from web_ui.tabs.desk import Desk
from web_ui.tabs.markup import heading, markup, paragraph, said, status_line
from web_ui.visitor import Visitor


class DataTab:
    """Three cards. What they show comes from the controller, whenever the tab is opened."""

    choices: Choices

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.codes = CodeMaker(desk, "data", can_make_another=True)

    def build(self, offer: gr.Column) -> None:
        """Lay it out. The offer of a code goes once one was made here."""
        with gr.Column(elem_classes="card", elem_id="data-allow"):
            heading(data_texts.ALLOWED_TITLE)
            self.summary = markup("", elem_classes="allowed")
            with gr.Column(visible=False, elem_classes="choices") as self.controls:
                self.choices = build_choices("data", may_chat_unlogged=False)
                self.past = gr.Checkbox(
                    label=data_texts.PAST, info=data_texts.PAST_HINT, container=False, elem_id="data-past"
                )
                self.save_button = gr.Button(data_texts.SAVE, variant="primary", elem_id="data-save")
            self.status = status_line()
        with gr.Column(visible=False, elem_classes="card", elem_id="data-code-card") as self.code_card:
            heading(data_texts.CODE_TITLE)
            markup(paragraph(data_texts.CODE_WHAT_FOR))
            self.has_code = markup("")
            self.codes.build({offer: gr.update(visible=False), self.has_code: ""})
        with gr.Column(elem_classes="card", elem_id="data-delete"):
            self._build_deleting()
        # whoever takes it back means all of it, until they say otherwise; whoever grants it, what comes
        self.choices.release.input(
            fn=None, js="(release) => !release", inputs=[self.choices.release], outputs=[self.past]
        )

    def _build_deleting(self) -> None:
        heading(data_texts.DELETE_TITLE)
        with gr.Column(visible=False) as self.mine:
            with gr.Column(elem_classes="deleting") as first:
                markup(paragraph(data_texts.DELETE_WHAT))
                ask = gr.Button(data_texts.DELETE_NOW, variant="stop", elem_id="data-delete-now")
            with gr.Column(visible=False, elem_classes="deleting sure") as sure:
                markup(paragraph(data_texts.DELETE_SURE))
                with gr.Row(elem_classes="buttons"):
                    yes = gr.Button(data_texts.DELETE_YES, variant="stop", elem_id="data-delete-yes")
                    no = gr.Button(data_texts.DELETE_NO, elem_id="data-delete-no")
        with gr.Row(elem_classes="by-code"):
            field = gr.Textbox(
                label=data_texts.CODE_FIELD,
                placeholder=data_texts.CODE_FIELD_HINT,
                max_lines=1,
                max_length=200,
                elem_id="data-code-field",
                html_attributes=gr.InputHTMLAttributes(
                    autocapitalize="off", autocorrect="off", autocomplete="off", spellcheck=False, enterkeyhint="done"
                ),
            )
            use = gr.Button(data_texts.CODE_USE, variant="stop", elem_id="data-code-use")
        status = status_line()
        gr.Markdown(data_texts.DELETE_LIMITS)
        ask.click(fn=None, js="() => arenaConsent.asking(true, 'data-delete-no')", outputs=[first, sure])
        no.click(fn=None, js="() => arenaConsent.asking(false, 'data-delete-now')", outputs=[first, sure])
        yes.click(fn=None, js="() => arenaConsent.removeMine()", outputs=[status])
        gr.on(
            [use.click, field.submit],
            fn=None,
            js="(code) => arenaConsent.removeByCode(code)",
            inputs=[field],
            outputs=[status],
        )

    @property
    def outputs(self) -> list[Any]:
        """Every component that a handler may change."""
        parts = (self.summary, self.controls, self.past, self.status, self.code_card, self.has_code, self.mine)
        return [*parts, *self.choices.all(), *self.codes.outputs]

    def wire(self, tab: gr.Tab, changed: Handler, others: Sequence[Any], asked: Choices) -> None:
        """Bind the events. If it changes whether chats are kept, `changed` says how the `others` look then.

        What is `asked` with the terms shows what was last allowed: nothing that was taken back stays ticked there.
        """
        self.changed = changed
        self.asked = asked
        outputs = [*self.outputs, self.desk.terms_panel]
        self.desk.bind(tab.select, "data-load", self.load, [], outputs, self.status)
        everything = list({id(each): each for each in (*outputs, *others)}.values())
        sent = [*self.choices.all(), self.past]
        self.desk.bind(self.save_button.click, "data-save", self.save, sent, everything, self.status)

    async def load(self, visitor: Visitor) -> Updates:
        """Show what the visitor allows now."""
        try:
            session = await self.desk.session(visitor)
        except ArenaError as error:
            return self.desk.refused(self.status, error)
        return {**self.shown(session), self.status: ""}

    async def save(
        self, visitor: Visitor, keep: object, release: object, share: object, age: object, past: object
    ) -> Updates:
        """Keep what the visitor allows from now on."""
        controller = self.desk.controller
        try:
            before = await controller.session(visitor)
            if (consent := in_force(before)) is None:
                raise TermsOutdated
            wish = wanted(keep, release, share, age, language=consent.language, covers_past=past is True)
            await controller.consent(visitor, wish)
            after = await controller.session(visitor)
        except ArenaError as error:
            return self.desk.refused(self.status, error)
        told = data_texts.SAVED_PAST if wish.covers_past else data_texts.SAVED
        asked = self.asked.shown(after, must_keep=not after.may_chat_unlogged)
        shown = {**asked, **self.shown(after), self.status: said(told)}
        return shown if keeps(before) == keeps(after) else {**await self.changed(visitor), **shown}

    def shown(self, session: SessionView | None) -> Updates:
        """Return every component as it looks for a session, but for the status line."""
        has_session = session is not None
        told = data_texts.CODE_HAS if has_session and session.has_deletion_code else ""
        return {
            self.summary: summary(session),
            self.controls: gr.update(visible=in_force(session) is not None),
            self.past: gr.update(value=False),
            self.code_card: gr.update(visible=has_session),
            self.has_code: paragraph(told) if told else "",
            self.mine: gr.update(visible=has_session),
            **self.choices.shown(session),
        }
