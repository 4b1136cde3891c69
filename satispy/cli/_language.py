"""In which language the command line speaks: its help, and what Typer says of what was typed."""

import copy
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final

import typer
from typer import rich_utils

from satispy.locales.messages import _, translated
from satispy.locales.reader import LANGUAGES, Reader, answer_to, of_terminal
from satispy.sentence import N_, paragraphs
from satispy.settings import Settings


class Lang(StrEnum):
    en = "en"
    fr = "fr"


LANG: Final = "--lang"
Language = Annotated[
    Lang | None,
    typer.Option(LANG, help="Speak this language, whatever SATISPY_LANG, LC_ALL or LANG says."),
]

#: What Typer and pydantic say of what was typed.
_LIBRARY: Final = (
    N_("Missing argument %(what)s."),
    N_("Missing option %(what)s."),
    N_("Missing command."),
    N_("No such command %(name)s."),
    N_("No such option: %(name)s (Possible options: %(others)s)"),
    N_("No such option: %(name)s"),
    N_("Option %(name)s does not take a value."),
    N_("Option %(name)s requires an argument."),
    N_("Got unexpected extra argument(s) (%(words)s)"),
    N_("Invalid value for %(what)s: %(why)s"),
    N_("Invalid value: %(why)s"),
    N_("%(value)s is not one of %(choices)s."),
    N_("file %(name)s does not exist."),
    N_("file %(name)s is a directory."),
    N_("file %(name)s is not readable."),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to %(least)s"),
    N_("Input should be less than or equal to %(most)s"),
)


def speak(words: Sequence[str]) -> None:
    """From here on, by `--lang` among the words that were typed, else by the environment."""
    settings = Settings()
    answer_to(Reader(_asked(words) or of_terminal(settings.lang), settings.timezone))
    # Typer looks these up when it prints.
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.ERRORS_PANEL_TITLE = _("Error")
    rich_utils.ABORTED_TEXT = _("Aborted.")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")
    rich_utils.RICH_HELP = _("Try [blue]'{command_path} {help_option}'[/] for help.")


def _asked(words: Iterable[str]) -> str:
    """Before anything is parsed: whoever asks for help in a language gets it in that."""
    before = ""
    for word in words:
        if word == "--":
            break
        given = word if before == LANG else word.removeprefix(f"{LANG}=")
        if given != word or before == LANG:
            return given if given in LANGUAGES else ""
        before = word
    return ""


def in_words(command: Any) -> Any:
    """A command of Typer and all below it, with help in the reader's language; each takes the
    option `--lang`, as the first of them does."""
    lang = copy.copy(next(each for each in command.params if LANG in each.opts))
    lang.expose_value = False  # it has been looked at
    return _in_words(command, lang)


def _in_words(command: Any, lang: Any) -> Any:
    spoken = copy.copy(command)
    spoken.help = translated(paragraphs(command.help or ""))
    options = [each for each in command.params if LANG not in each.opts]
    spoken.params = [_with_help(each) for each in (*options, lang)]
    # Typer makes it when it is asked for, and once.
    if help_option := spoken.get_help_option(typer.Context(spoken)):
        help_option.help = _("Show this message and exit.")
    if hasattr(command, "commands"):
        spoken.commands = {name: _in_words(each, lang) for name, each in command.commands.items()}
    return spoken


def _with_help(option: Any) -> Any:
    spoken = copy.copy(option)
    spoken.help = translated(option.help or "")
    return spoken


def what_a_library_says(message: str) -> str:
    """What a library says, by the sentences that are known of it."""
    for known in _LIBRARY:
        pattern = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(known))
        if found := re.fullmatch(pattern, message):
            values = {name: what_a_library_says(said) for name, said in found.groupdict().items()}
            return translated(known) % values
    return message
