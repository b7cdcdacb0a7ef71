import pytest

from history.actions import fingerprint, record, record_all
from history.models import Entry
from tests.factories import NOON, OrganisationFactory, user_with

pytestmark = pytest.mark.django_db


def test_what_happened_to_many_objects_continues_each_ones_chain():
    staff, first, second = user_with("staff"), OrganisationFactory(), OrganisationFactory()
    record("Added", first, by=staff, now=NOON)

    record_all("Changed %(what)s", [(first, {"what": "a"}), (second, {"what": "b"})], by=staff, now=NOON)
    record("Changed again", second, by=staff, now=NOON)

    chains = {subject: list(Entry.objects.of(subject).order_by("number")) for subject in (first, second)}
    assert [(entry.number, entry.sentence) for entry in chains[first]] == [(1, "Added"), (2, "Changed a")]
    assert [(entry.number, entry.sentence) for entry in chains[second]] == [(1, "Changed b"), (2, "Changed again")]
    assert all(later.previous == earlier.hash for earlier, later in chains.values())
    assert all(fingerprint(entry) == entry.hash for chain in chains.values() for entry in chain)


def test_recording_many_takes_as_many_statements_as_recording_one(django_assert_num_queries):
    staff, organisations = user_with("staff"), OrganisationFactory.create_batch(3)
    record("Added", OrganisationFactory(), by=staff, now=NOON)

    with django_assert_num_queries(4):
        record_all("Changed", [(organisations[0], {})], by=staff, now=NOON)
    with django_assert_num_queries(4):
        record_all("Changed", [(one, {}) for one in organisations], by=staff, now=NOON)
