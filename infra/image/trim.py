"""Leave out of an image or a zip what is never read there: trim.py app|training|functions FOLDER

A pattern that finds nothing ends it with 1: a library has moved what it brings, and the image would
quietly grow by that.
"""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """What these patterns find below site-packages goes, but for names that `but` matches."""

    what: str
    patterns: tuple[str, ...]
    but: tuple[str, ...] = ()

    def found(self, packages: Path) -> Iterator[Path]:
        for pattern in self.patterns:
            found = sorted(packages.glob(pattern))
            if not found:
                raise LookupError(f"{self.what}: nothing is at {pattern}")
            yield from (path for path in found if not any(map(path.match, self.but)))


_TESTS = "what tests and types libraries"
_SERVICES = Part(
    "services of AWS that satispy does not call, nor botocore to sign in",
    ("botocore/data/*/",),
    but=(
        *("s3", "secretsmanager", "sns", "sqs", "stepfunctions"),
        *("signin", "sso", "sso-oidc", "sts"),
    ),
)
_LANGUAGES = Part(
    "how languages write in which satispy tells nothing",
    ("babel/locale-data/*.dat",),
    but=("root.dat", "en.dat", "en_001.dat", "en_GB.dat", "fr.dat", "fr_FR.dat"),
)
#: What Panel bundles and pages of the app ask for. What they ask for and do not find here, Panel
#: takes from elsewhere.
BUNDLED = ("reactiveesm", "theme")
IMAGES = {
    "app": (
        Part(
            _TESTS,
            (
                *("**/tests", "**/*.pyi", "**/*.map", "tornado/test", "bokeh/sampledata"),
                *("numpy/_core/_simd.*.so", "numpy/_core/*_tests.*.so", "numpy/testing"),
            ),
        ),
        Part(
            "what builds extensions of NumPy, and components for Bokeh and Panel",
            (
                *("numpy/f2py", "numpy/distutils", "numpy/_core/include", "numpy/_core/lib"),
                *("bokeh/server/static/lib", "bokeh/server/static/js/lib", "bokeh/sphinxext"),
                *("panel/dist/lib", "panel/dist/dts", "panel/dist/panel.json"),
            ),
        ),
        Part(
            "scripts in a form for people: pages ask for those that end in .min.js",
            ("bokeh/server/static/js/*.js", "panel/dist/*.js"),
            but=("*.min.js",),
        ),
        Part(
            "libraries of components and templates that the app has not",
            ("panel/dist/bundled/*",),
            but=BUNDLED,
        ),
        _SERVICES,
        _LANGUAGES,
    ),
    "training": (
        Part(_TESTS, ("**/tests", "**/*.pyi")),
        Part(
            "what extensions of libraries are compiled from",
            ("tensorflow/include", "clang", "wikipedia2vec/**/*.cpp"),
        ),
        _SERVICES,
    ),
    "functions": (_LANGUAGES,),
}


def trim(image: str, packages: Path) -> None:
    for part in IMAGES[image]:
        for path in part.found(packages):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        trim(sys.argv[1], Path(sys.argv[2]))
    except LookupError as error:
        sys.exit(f"trim.py: {error}. Say in infra/image/trim.py where it is now.")
