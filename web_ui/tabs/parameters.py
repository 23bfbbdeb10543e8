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

    temperature: gr.Number
    top_p: gr.Number
    max_tokens: gr.Number

    def all(self) -> list[gr.Number]:
        """Return them in the order that `chosen` takes their values."""
        return [self.temperature, self.top_p, self.max_tokens]


def build_parameters(room: str) -> ParameterFields:
    """Lay them out."""
    with gr.Accordion(texts.PARAMETERS, open=False, elem_classes="parameters", elem_id=f"{room}-parameters"):
        intro(texts.PARAMETERS_HINT)
        with gr.Row():
            return ParameterFields(
                temperature=gr.Number(label=texts.TEMPERATURE, minimum=0, maximum=2, step=0.1, value=None),
                top_p=gr.Number(label=texts.TOP_P, minimum=0, maximum=1, step=0.05, value=None),
                max_tokens=gr.Number(label=texts.MAX_TOKENS, minimum=1, step=1, precision=0, value=None),
            )


def chosen(temperature: object, top_p: object, max_tokens: object) -> dict[str, Any]:
    """Return the fields that were filled in. The controller judges their values."""
    fields = {"temperature": temperature, "top_p": top_p, "max_tokens": max_tokens}
    numbers = {name: as_number(value) for name, value in fields.items()}
    return {name: number for name, number in numbers.items() if number is not None}
