"""The bill of materials of an image: CycloneDX, and the licences in plain words."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

# Of the package index, run once and kept nowhere: the project itself does not need it.
CYCLONEDX = ["--from", "cyclonedx-bom==7.5.0", "cyclonedx-py"]
UVX = Path(sys.executable).with_name("uvx")


def write(image: str, folder: Path, name: str, venv: str) -> tuple[Path, Path]:
    """What the image's Python environment holds: (CycloneDX JSON, licences as text)."""
    folder.mkdir(parents=True, exist_ok=True)
    bill, licences = folder / f"{name}.cdx.json", folder / f"{name}.licences.txt"
    with tempfile.TemporaryDirectory() as scratch:
        environment = _copy_out(image, f"{venv}/lib", Path(scratch))
        paths = json.dumps([str(path) for path in environment.glob("python3*/site-packages")])
        # The scanner asks a Python for its path; this one answers with the image's packages.
        python = Path(scratch) / "python"
        python.write_text(f"#!/bin/sh\necho '{paths}'\n")
        python.chmod(0o755)
        command = [*CYCLONEDX, "environment", "--output-reproducible", "-o", str(bill), str(python)]
        subprocess.run([str(UVX), *command], check=True, capture_output=True)  # noqa: S603  ours
    components = json.loads(bill.read_text(encoding="utf-8"))["components"]
    lines = sorted(f"{c['name']} {c['version']}: {_licence(c)}" for c in components)
    licences.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return bill, licences


def _copy_out(image: str, path: str, folder: Path) -> Path:
    def docker(*arguments: str) -> str:
        command = ["docker", *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        return done.stdout.strip()

    container = docker("create", image)
    try:
        docker("cp", f"{container}:{path}", str(folder / "lib"))
    finally:
        docker("rm", container)
    return folder / "lib"


def _licence(component: dict[str, object]) -> str:
    found = component.get("licenses")
    if not isinstance(found, list):
        return "not declared"
    said = [
        each.get("expression") or each["license"].get("id") or each["license"].get("name", "")
        for each in found
    ]
    short = [text.splitlines()[0][:60] for text in said if text]
    return ", ".join(dict.fromkeys(short)) or "not declared"
