"""The stores that commands work on. Each is imported when it is asked for: whoever only wants to
see `--help` waits for no library."""

from typing import TYPE_CHECKING

from satispy.settings import Settings

if TYPE_CHECKING:
    from satispy.registry.store import ModelStore
    from satispy.storage import Store


def bucket() -> "Store":
    from satispy.storage import Store

    return Store.bucket(Settings())


def bucket_and_models() -> "tuple[Store, ModelStore]":
    from satispy.registry.store import ModelStore

    return bucket(), ModelStore(Settings().bentoml_home)
