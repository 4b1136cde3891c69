"""`make image`: pack the promoted models into a Bento and make a lean image of it.

    python -m infra.image.build [--tag satispy:latest] [--base python:3.11-slim]

`bentoml containerize` builds what BentoML wants; a second, short build takes over only what runs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from satispy.errors import NoModel
from satispy.registry import pointer
from satispy.registry.store import ModelStore
from satispy.settings import Settings
from satispy.storage import Store

REPOSITORY = Path(__file__).parents[2]
BENTOML = Path(sys.executable).with_name("bentoml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tag", default="satispy:latest")
    parser.add_argument("--base", default="python:3.11-slim", help="pin it by digest to publish")
    options = parser.parse_args()
    settings = Settings()
    bento = build(Store.bucket(settings), ModelStore(settings.bentoml_home), options.base)
    built = containerize(bento)
    slim(built, options.base, options.tag)
    sys.stdout.write(f"{options.tag} holds {bento}\n")


def build(bucket: Store, models: ModelStore, base: str) -> str:
    """Build a Bento with the promoted models inside; returns its tag."""
    now = pointer.read(bucket)
    if not now.families:
        raise NoModel("Nothing is promoted yet: an image needs models. Upload reviews first.")
    tags = []
    for production in [*now.families.values(), *filter(None, [now.aspects])]:
        models.fetch(production.tag, bucket)
        tags.append(production.tag)
        if vectors := models.describe(production.tag).metadata.get("vectors"):
            tags.append(vectors)
    bentofile = yaml.safe_load((REPOSITORY / "bentofile.yaml").read_text(encoding="utf-8"))
    bentofile["models"] = sorted(set(tags))
    bentofile["labels"]["champion"] = now.default_model
    bentofile["docker"]["base_image"] = base
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bentofile.yaml"
        path.write_text(yaml.safe_dump(bentofile), encoding="utf-8")
        command = [str(BENTOML), "build", "-f", str(path), "-o", "tag", str(REPOSITORY)]
        said = _run(command, stdout=subprocess.PIPE)
    return said.strip().removeprefix("__tag__:")


def containerize(bento: str) -> str:
    """BentoML's own image of a Bento; returns its name."""
    image = f"satispy-built:{bento.partition(':')[2]}"
    command = [str(BENTOML), "containerize", bento, "-t", image, "--opt", "network=host"]
    _run(command)
    return image


def slim(built: str, base: str, tag: str) -> None:
    with tempfile.TemporaryDirectory() as empty:
        command = ["docker", "build", "-f", str(Path(__file__).with_name("Dockerfile")), "-t", tag]
        command += ["--build-arg", f"BUILT={built}", "--build-arg", f"BASE={base}", empty]
        _run(command)


def _run(command: list[str], stdout: int | None = None) -> str:
    # The classic builder needs no plugin and no registry for its own front end.
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    done = subprocess.run(  # noqa: S603  commands of ours
        command, cwd=REPOSITORY, check=True, env=environment, stdout=stdout, text=True
    )
    return done.stdout or ""


if __name__ == "__main__":
    main()
