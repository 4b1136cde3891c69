"""The REST API: API Gateway hands every request over as it is (`{proxy+}`)."""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from functions.rest.api import Api
from functions.rest.http import answered
from satispy.settings import Settings

logging.getLogger().setLevel(logging.INFO)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """API Gateway's proxy integration."""
    return answered(event, _api().answer)


@lru_cache(maxsize=1)
def _api() -> Api:
    return Api.from_settings(Settings())
