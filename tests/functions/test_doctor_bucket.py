"""What `satispy doctor` finds in a bucket."""

import pytest

from infra import examine
from infra.doctor import Bucket, Facts, findings
from satispy.journal import Actor
from satispy.registry import pointer
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store
from tests import odd_objects


@pytest.fixture
def store(aws):
    return Store.bucket(Settings())


def test_an_empty_bucket_and_one_with_reviews_are_well(store):
    assert examine.in_bucket(store) == Bucket()
    store.write("uploads/a.csv", b"Commentaire,star,source\nbien,5,TrustPilot\n")
    merge_upload(store, "uploads/a.csv")
    assert examine.in_bucket(store) == Bucket()


def test_odd_objects_are_counted_and_are_not_grave(aws, store):
    odd_objects.put(aws, "satispy", line_ends=False)
    (found,) = [each for each in found_in(store) if each.area == "bucket"]
    assert "objects are left out" in str(found.what)
    assert not found.grave


def test_a_pointer_of_rubbish_is_one_finding_and_can_be_mended(store):
    store.write(pointer.KEY, b"rubbish")
    (found,) = found_in(store)
    assert (found.area, found.mend) == ("pointer", "mend pointer")
    pointer.mend(store)
    assert found_in(store) == []


def test_a_model_that_serves_without_an_archive_is_named(store):
    production = pointer.Production(
        tag="satispy-gbc:v00001-1a2b",
        archive="models/satispy-gbc/v00001-1a2b.bentomodel",
        digest="",
        run="v00001",
        dataset_version=1,
        since="2026-11-25T00:00:00Z",
        accuracy=0.9,
    )
    pointer.promote(store, "gbc", production, "by hand", Actor(who="anne", via="cli"))
    (found,) = found_in(store)
    assert "satispy-gbc:v00001-1a2b serves" in str(found.what)
    assert "satispy models rollback gbc" in str(found.do)


def test_reviews_whose_log_is_rubbish_are_said_not_to_be_readable(store):
    store.write("uploads/a.csv", b"Commentaire,star,source\nbien,5,TrustPilot\n")
    merge_upload(store, "uploads/a.csv")
    for entry in store.list("reviews/_delta_log"):
        store.write(entry.key, b"rubbish")
    (found,) = found_in(store)
    assert found.area == "table"
    assert "cannot be read" in str(found.what)


def found_in(store):
    return findings(Facts(bucket=examine.in_bucket(store)))
