"""How a model is asked to write, outside battles."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from web_ui import texts
from web_ui.tabs.inputs import as_number
from web_ui.tabs.markup import intro


@dataclass(frozen=True, eq=False)
class ParameterFields:
    """Three fields; an empty one leaves the choice to the arena."""

    temperature: gr.Textbox
    top_p: gr.Textbox
    max_tokens: gr.Textbox

    def all(self) -> list[gr.Textbox]:
        """Return them in the order that `chosen` takes their values."""
        return [self.temperature, self.top_p, self.max_tokens]


def build_parameters(room: str) -> ParameterFields:
    """Lay them out."""
    with gr.Accordion(texts.PARAMETERS, open=False, elem_classes="parameters", elem_id=f"{room}-parameters"):
        intro(texts.PARAMETERS_HINT)
        with gr.Row():
            return ParameterFields(_field(texts.TEMPERATURE), _field(texts.TOP_P), _field(texts.MAX_TOKENS))


def _field(label: str) -> gr.Textbox:
    """Lay out one. Gradio's own field for numbers shows an empty one as 0."""
    return gr.Textbox(label=label, placeholder=texts.PARAMETER_EMPTY, lines=1, max_lines=1)


def chosen(temperature: object, top_p: object, max_tokens: object) -> dict[str, Any]:
    """Return the fields that were filled in. The controller judges their values."""
    fields = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}
    numbers = {name: as_number(value) for name, value in fields.items()}
    return {name: number for name, number in numbers.items() if number is not None}
