"""The peer: a bare Gradio page whose two chat panes are streamed through Gradio's own queue, ten updates a second."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr

SECONDS = 2.0
PER_SECOND = 10
WORDS_PER_UPDATE = 5

Pane = list[dict[str, str]]


async def both(text: str) -> AsyncGenerator[tuple[Pane, Pane]]:
    """Yield both panes as they grow: 100 words on each side."""
    said = ""
    for _ in range(int(SECONDS * PER_SECOND)):
        await asyncio.sleep(1 / PER_SECOND)
        said += " word" * WORDS_PER_UPDATE
        pane = [{"role": "user", "content": text}, {"role": "assistant", "content": said}]
        yield pane, pane


def build() -> Any:
    """Return the page."""
    with gr.Blocks() as blocks:
        one, other, text = gr.Chatbot(), gr.Chatbot(), gr.Textbox()
        text.submit(both, text, [one, other], api_name="both", concurrency_limit=None)
    return blocks


if __name__ == "__main__":
    page = build().queue(default_concurrency_limit=None)
    page.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), prevent_thread_lock=True, quiet=True)
    print("listening", flush=True)
    page.block_thread()
