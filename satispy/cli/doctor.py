"""`satispy doctor`: what is wrong here, and what to do about it."""

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from satispy.cli import _place as place
from satispy.errors import SatispyError
from satispy.locales.messages import N_, Names, _
from satispy.locales.telling import told
from satispy.settings import Settings

if TYPE_CHECKING:
    from infra.doctor import Finding

WIDTH = 80
_AREAS = Names(
    {
        "libraries": N_("libraries"),
        "versions": N_("versions"),
        "browser": N_("browser"),
        "disk": N_("disk"),
        "permissions": N_("permissions"),
        "ports": N_("ports"),
        "processes": N_("processes"),
        "bucket": N_("bucket"),
        "pointer": N_("pointer"),
        "table": N_("table"),
    }
)


@place.without_stack
def doctor(
    mend: Annotated[bool, typer.Option("--mend", help="Do what can be done about it.")] = False,
) -> None:
    """Check the installation, ports, processes, permissions and what is stored; say what to do.

    Exits with 1 if something would fail. The bucket is looked at while the stack is up.
    """
    from infra import examine
    from infra.doctor import CHECKS, findings
    from infra.stack import Stack

    console = Console(highlight=False)
    stack = Stack(Settings())
    with console.status(_("Looking")):
        facts = examine.all_facts(stack)
    found = findings(facts)
    if mend:
        for finding in (each for each in found if each.mend):
            with console.status(_("%(area)s: mending …", area=_AREAS[finding.area])):
                try:
                    examine.mend(stack, finding)
                except SatispyError as error:
                    console.print(
                        Text(
                            _("✗ %(area)s: %(why)s", area=_AREAS[finding.area], why=told(error)),
                            "red",
                        ),
                        soft_wrap=True,
                    )
        facts = examine.all_facts(stack)
        mended, found = found, findings(facts)
        for finding in mended:
            if finding not in found:
                said = _("mended: %(what)s", what=told(finding.what))
                console.print(Text.assemble(("✓ ", "green"), said))
    for finding in found:
        console.print(in_words(finding), soft_wrap=True)
    well = [check.__name__ for check in CHECKS if not findings(facts, [check])]
    if facts.bucket is None and not facts.bucket_error:
        well = [name for name in well if name not in ("bucket", "pointer", "table")]
        well.append(_("(bucket, pointer and table are looked at while the stack is up)"))
    console.print(
        Text.assemble(
            ("✓ ", "green"),
            textwrap.fill(", ".join(_AREAS.get(each, each) for each in well), WIDTH - 4),
        )
    )
    if any(finding.grave for finding in found):
        raise typer.Exit(1)


def in_words(finding: "Finding") -> Text:
    """Two paragraphs, the second what to do."""
    mark, style = ("✗", "red") if finding.grave else ("!", "yellow")
    what = textwrap.fill(
        _("%(area)s: %(what)s", area=_AREAS[finding.area], what=told(finding.what)),
        WIDTH - 2,
        subsequent_indent="  ",
        break_on_hyphens=False,
    )
    mends = "  " + _("(satispy doctor --mend does it)") if finding.mend else ""
    # A command is never cut: somebody will copy it.
    return Text.assemble(
        (f"{mark} ", style), what, "\n  → ", (told(finding.do), "bold"), (mends, "dim")
    )


commands = {"doctor": doctor}
