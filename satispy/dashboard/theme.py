"""The look: colours, strokes, and the style sheet that every HTML piece of the app shares."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from satispy.locales.messages import _

HERE = Path(__file__).parent

#: Okabe-Ito's blue, vermilion and green, at a lightness that reads on white and on near-black.
FAMILY_COLORS = {"gbc": "#1179bd", "svm": "#d1590f", "ann": "#0c8f70"}
OTHER_COLOR = "#a1619b"
REQUIREMENT_COLOR = "#cf3a55"
#: The same in light and dark: white stands on it.
APP_BAR_COLOR = "#16506f"


@dataclass(frozen=True)
class Stroke:
    """Marker and dash say the same as the colour, for those who do not see it."""

    color: str
    marker: str
    dash: str


def family_stroke(family: str) -> Stroke:
    marker, dash = {
        "gbc": ("circle", "solid"),
        "svm": ("square", "dashed"),
        "ann": ("triangle", "dotdash"),
    }.get(family, ("diamond", "dotted"))
    return Stroke(FAMILY_COLORS.get(family, OTHER_COLOR), marker, dash)


def metric_stroke(metric: str, family: str) -> Stroke:
    marker, dash = {
        "accuracy": ("circle", "solid"),
        "f1_0": ("inverted_triangle", "dashed"),
        "f1_1": ("triangle", "dotdash"),
    }[metric]
    return Stroke(FAMILY_COLORS.get(family, OTHER_COLOR), marker, dash)


#: Room below the tabs and at the end of a page, and between the pieces of a column.
PAGE = {"padding": "18px 14px 48px"}
STACK = {"gap": "14px"}  # no `display`: it would win over `visible=False`


@cache
def style() -> str:
    return (HERE / "static" / "app.css").read_text(encoding="utf-8")


@cache
def door_style() -> str:
    """Of the pages before the app, which need nothing but this."""
    return (HERE / "static" / "door.css").read_text(encoding="utf-8")


def _material(**palette: Any) -> dict[str, Any]:
    return {
        "palette": palette,
        "shape": {"borderRadius": 10},
        "typography": {"button": {"textTransform": "none", "fontWeight": 600}},
        "components": {
            "MuiTab": {"styleOverrides": {"root": {"textTransform": "none", "fontSize": "1rem"}}},
            "MuiToggleButton": {
                "styleOverrides": {
                    "root": {"textTransform": "none", "whiteSpace": "nowrap", "padding": "4px 14px"}
                }
            },
        },
    }


def material() -> dict[str, Any]:
    """In the language of whoever asks: screen readers say what a bar is for."""
    found = {
        "light": _material(
            primary={"main": "#16506f"}, background={"default": "#ffffff", "paper": "#ffffff"}
        ),
        "dark": _material(
            primary={"main": "#7cc3ea"}, background={"default": "#141b21", "paper": "#141b21"}
        ),
    }
    for theme in found.values():
        named = {"defaultProps": {"aria-label": _("Travail en cours")}}
        theme["components"]["MuiLinearProgress"] = named
    return found
