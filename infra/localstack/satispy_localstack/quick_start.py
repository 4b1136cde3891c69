"""What makes LocalStack start and deploy with 12 s of work instead of 20. Frozen with 4.13.1.

- Which service a request means is looked up in an index of all 400 specifications, made in 7 s. Its
  image contains the index; here set-up makes it: `python -m satispy_localstack.quick_start`.
- Each session of botocore parses its tables and specifications again, and LocalStack has one for
  each question about regions and for each function that it is asked about.
- A resource that is not ready at once is asked about once a second.
- Python looks for cycles in what has just been imported every 700 objects.
"""

import gc
import sys
from functools import cache, partial
from pathlib import Path

from botocore.loaders import JSONFileLoader
from localstack import config

FOLDER = Path(sys.prefix) / "share" / "satispy-localstack"
SECONDS_BETWEEN_QUESTIONS = 0.1


def apply() -> None:
    """In this process. Where set-up made no index, LocalStack makes its own, at each start."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

    config.dirs.static_libs = str(FOLDER)
    # What is shared by it is only looked up in, or replaced as a whole.
    load_once = cache(partial(JSONFileLoader.load_file, JSONFileLoader()))
    JSONFileLoader.load_file = lambda _, path: load_once(path)  # type: ignore[method-assign]
    timeout, _ = ResourceProviderExecutor.deploy_loop.__defaults__
    ResourceProviderExecutor.deploy_loop.__defaults__ = (timeout, SECONDS_BETWEEN_QUESTIONS)
    gc.set_threshold(100_000, 20, 50)


if __name__ == "__main__":
    from localstack.aws import spec

    FOLDER.mkdir(parents=True, exist_ok=True)
    spec.build_service_index_cache(str(FOLDER / spec._get_catalog_filename()))
