"""Side by side: two models of the visitor's choice."""

from typing import Any

import gradio as gr

from arena.battle import BattleRequest, Mode
from arena.model import PublicModel
from web_ui import texts
from web_ui.actions import Updates
from web_ui.tabs.desk import Desk
from web_ui.tabs.duel import Duel
from web_ui.tabs.inputs import as_text
from web_ui.tabs.markup import intro
from web_ui.tabs.parameters import ParameterFields, build_parameters, chosen
from web_ui.view import DuelLook, View, model_choice
from web_ui.visitor import Visitor


class SideBySideTab(Duel):
    """A duel whose names are known; choosing others begins a new one."""

    picker_a: gr.Dropdown
    picker_b: gr.Dropdown
    parameters: ParameterFields

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "side")

    def build(self) -> None:
        """Lay it out and bind it."""
        intro(texts.SIDE_INTRO)
        with gr.Row(elem_classes="pickers"):
            self.picker_a = gr.Dropdown([], label=texts.CHOOSE_A, elem_id="side-picker-a", interactive=True)
            self.picker_b = gr.Dropdown([], label=texts.CHOOSE_B, elem_id="side-picker-b", interactive=True)
        self.build_panes()
        self.parameters = build_parameters("side")
        self.wire(self.begin, self.regenerate, [self.picker_a, self.picker_b], self.parameters.all())
        for side, picker in (("a", self.picker_a), ("b", self.picker_b)):
            self.bind(picker.input, f"pick-{side}", self.clear)

    @property
    def outputs(self) -> list[Any]:
        """Every component that a handler may change."""
        return [*super().outputs, self.picker_a, self.picker_b]

    def offered(self, models: tuple[PublicModel, ...]) -> Updates:
        """Return the pickers with the models that can be reached now, and the first two of them chosen."""
        choices = [model_choice(model) for model in models]
        names = [name for _, name in choices] or [None]
        return {
            self.picker_a: gr.update(choices=choices, value=names[0]),
            self.picker_b: gr.update(choices=choices, value=names[1 % len(names)]),
        }

    def shown(self, look: DuelLook) -> Updates:
        """Return every component as it looks now."""
        free = gr.update(interactive=not look.is_running)
        chosen_names = {
            picker: gr.update(interactive=not look.is_running, value=name) if name else free
            for picker, name in zip((self.picker_a, self.picker_b), look.chosen, strict=True)
        }
        return {**super().shown(look), **chosen_names}

    async def begin(  # noqa: PLR0913, PLR0917 (one argument for each input)
        self,
        visitor: Visitor,
        view: View,
        text: object,
        model_a: object,
        model_b: object,
        temperature: object,
        top_p: object,
        max_tokens: object,
    ) -> Updates:
        """Ask both."""
        wish = BattleRequest(mode=Mode.SIDE_BY_SIDE, model_a=as_text(model_a), model_b=as_text(model_b))
        parameters = chosen(temperature, top_p, max_tokens)
        return await self.hand_ticket(visitor, view, text, wish, parameters)

    async def regenerate(
        self, _: Visitor, view: View, temperature: object, top_p: object, max_tokens: object
    ) -> Updates:
        """Ask both again."""
        return self.hand_regenerate_ticket(view, chosen(temperature, top_p, max_tokens))
