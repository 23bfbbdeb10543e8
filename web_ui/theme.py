"""Colours and shapes. Only fonts that are on the visitor's machine: none is fetched."""

from gradio.themes import Base
from gradio.themes.utils import colors, sizes

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")


def theme() -> Base:
    """Return the page's theme; what it cannot say is in `static/arena.css`."""
    return Base(
        primary_hue=colors.indigo,
        secondary_hue=colors.slate,
        neutral_hue=colors.slate,
        radius_size=sizes.radius_lg,
        text_size=sizes.text_md,
        font=SANS,
        font_mono=MONO,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="#0d1117",
        body_text_color="*neutral_800",
        body_text_color_dark="*neutral_200",
        background_fill_primary="white",
        background_fill_primary_dark="#161b22",
        background_fill_secondary="*neutral_50",
        background_fill_secondary_dark="#0d1117",
        block_background_fill="white",
        block_background_fill_dark="#161b22",
        block_border_width="0px",
        block_shadow="none",
        border_color_primary="*neutral_200",
        border_color_primary_dark="#30363d",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_500",
        button_primary_background_fill_hover_dark="*primary_400",
        button_primary_text_color="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_dark="#21262d",
        button_secondary_background_fill_hover_dark="#30363d",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="#3d444d",
        input_background_fill="white",
        input_background_fill_dark="#161b22",
        input_border_width="1px",
        input_border_color="*neutral_300",
        input_border_color_dark="#3d444d",
        input_radius="*radius_lg",
    )
