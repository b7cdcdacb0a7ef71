"""An import in the browser: what each page shows and takes, for whom, in how many statements."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.models import ImportBatch, Organisation
from tests.factories import OrganisationFactory, user_with

pytestmark = pytest.mark.django_db
THREE = "Name,Country\nGreen Hills,Kenya\nBlue Lake,Geneva\nRed Sand,Peru\n"


@pytest.fixture
def staff(client):
    user = user_with("staff")
    client.force_login(user)
    return user


def upload(client, content, name="list.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(reverse("members:import_upload"), {"file": SimpleUploadedFile(name, data)})


def previewed(client, content=THREE, columns=None):
    """Upload and accept the guessed columns; the batch."""
    upload(client, content)
    batch = ImportBatch.objects.order_by("-uploaded_at")[0]
    columns = columns or {f"column-{column}": field for field, column in batch.mapping.items()}
    response = client.post(reverse("members:import_columns", args=[batch.pk]), {"category": "member", **columns})
    assert response.status_code == 302, response.content.decode()
    batch.refresh_from_db()
    return batch


def page(client, batch, **where):
    return client.get(reverse("members:import", args=[batch.pk]), where).content.decode()


def effect(client, batch):
    return client.get(reverse("members:import", args=[batch.pk])).context["counts"].effect


def apply(client, batch, **more):
    data = {"effect": effect(client, batch), **more}
    return client.post(reverse("members:import_apply", args=[batch.pk]), data, follow=True)


def test_a_file_is_uploaded_its_columns_named_and_shown_before_anything_is_written(client, staff):
    response = upload(client, THREE)
    batch = ImportBatch.objects.get()

    assert response["Location"] == reverse("members:import_columns", args=[batch.pk])
    assert "Green Hills" in client.get(response["Location"]).content.decode()
    batch = previewed(client)
    shown = page(client, batch)
    assert "Nothing has been written yet." in shown
    assert "Apply 2 rows, leave 1 out" in shown
    assert Organisation.objects.count() == 0


def test_a_country_is_typed_in_the_row_and_kept_when_it_is_none(client, staff):
    batch = previewed(client)
    decide = reverse("members:import_decide", args=[batch.pk])

    refused = client.post(decide, {"p-2": "Genevva"}).content.decode()
    accepted = client.post(decide, {"p-2": "Suisse", "show": "decide"})

    assert "“Genevva” is no country, and neither “international” nor “regional”." in refused
    assert 'value="Genevva"' in refused
    assert accepted["Location"].endswith("?show=decide")
    assert "Apply 3 rows" in page(client, batch)


def test_applying_says_what_was_done_and_a_second_click_does_nothing(client, staff):
    batch = previewed(client)

    first = apply(client, batch)
    second = apply(client, batch)

    assert "Applied: 2 added, 0 changed, 0 unchanged, 1 left out." in first.content.decode()
    assert "This import is closed" in second.content.decode()
    assert Organisation.objects.count() == 2


def test_choices_that_were_not_saved_are_saved_before_anything_is_applied(client, staff):
    batch = previewed(client)

    response = apply(client, batch, **{"p-2": "international"})

    assert "Look at the new counts, then apply." in response.content.decode()
    assert Organisation.objects.count() == 0
    assert "3 added" in apply(client, batch).content.decode()


def test_a_button_that_shows_old_counts_applies_nothing(client, staff):
    batch = previewed(client)

    response = client.post(reverse("members:import_apply", args=[batch.pk]), {"effect": "Apply 3 rows"}, follow=True)

    assert "Somebody decided rows in the meantime." in response.content.decode()
    assert Organisation.objects.count() == 0


def test_many_rows_are_given_a_scope_at_once(client, staff):
    batch = previewed(client, "Name,Country\nA one,the hills\nB two,by the lake\nC three,by the lake\n")
    places = reverse("members:import_places", args=[batch.pk])

    client.post(places, {"place": "regional", "text": "=by the lake"})
    after_text = dict(batch.rows.values_list("line", "verdict"))
    client.post(places, {"place": "international", "first": "1", "last": "1", "keep": "on"})

    assert after_text == {1: "country", 2: "new", 3: "new"}
    apply(client, batch)
    assert list(Organisation.objects.values_list("name", "country", "scope", "description")) == [
        ("A one", None, "international", "the hills"),
        ("B two", None, "regional", ""),
        ("C three", None, "regional", ""),
    ]


def test_an_organisation_known_under_another_name_is_found_and_its_spelling_kept(client, staff):
    known = OrganisationFactory(name="Green Hills Association", country="KEN")
    batch = previewed(client)
    row = reverse("members:import_row", args=[batch.pk, 1])

    found = client.get(row, {"q": "hill"}).content.decode()
    client.post(reverse("members:import_decide", args=[batch.pk]), {"d-1": f"same:{known.pk}"})
    apply(client, batch)

    assert f"same:{known.pk}" in found
    assert list(known.names.values_list("kind", "text")) == [("alias", "Green Hills")]
    assert Organisation.objects.visible_to(staff).named({"hills", "green"}).count() == 1
    assert dict(previewed(client).rows.values_list("line", "verdict"))[1] == "unchanged"


def test_the_report_downloads_and_no_spreadsheet_runs_it(client, staff):
    batch = previewed(client, "Name,Country\n'=HYPERLINK(1),Kenya\nBlue Lake,Geneva\n")

    response = client.get(reverse("members:import_report", args=[batch.pk]))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert rows[0] == ["Row", "Verdict", "Why", "Decision", "What was done", "Name", "Country"]
    assert rows[1][5].startswith("'")
    assert rows[2][:3] == ["2", "Needs a country", "This is not the name of a country."]


def test_the_numbers_beside_the_verdicts_sum_to_all_rows_whatever_was_decided(client, staff):
    OrganisationFactory(name="Red Sand", country="PER")
    batch = previewed(client, THREE + "Green Hills,Kenya\n,Kenya\nOld Well,Kenya\n")
    decide = reverse("members:import_decide", args=[batch.pk])
    client.post(decide, {"d-6": "leave", "d-2": "leave", "d-4": "leave"})

    chips = client.get(reverse("members:import", args=[batch.pk])).context["chips"]

    (_, total), *parts = [chip["label"].rsplit(" ", 1) for chip in chips if chip["label"] != "To decide"]
    numbers = {label: int(number) for label, number in parts}
    shown = {
        chip["label"].rsplit(" ", 1)[0]: len(client.get(chip["url"]).context["rows"])
        for chip in chips
        if chip["label"] != "To decide"
    }
    assert (sum(numbers.values()), int(total)) == (6, 6)
    assert numbers["Left out"] >= 1
    assert shown == numbers | {"All": 6}


def test_rows_come_fifty_at_a_time_and_are_filtered_by_verdict(client, staff):
    batch = previewed(client, "Name,Country\n" + "".join(f"Group {n},Kenya\n" for n in range(120)) + "Odd,Geneva\n")

    first, second = page(client, batch), page(client, batch, after="50")

    assert ("Group 49" in first, "Group 50" in first, "?after=50" in first) == (True, False, True)
    assert ("Group 99" in second, "?after=100" in second, "?before=51" in second) == (True, True, True)
    assert "Odd" in page(client, batch, show="country")
    assert "Group" not in page(client, batch, show="country")
    assert "Rows 51 to 100" in page(client, batch, before="101")
    assert "Rows 1 to 50" in page(client, batch, after="nonsense")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_preview_takes_as_many_statements_for_one_row_as_for_three(client, staff, django_assert_num_queries, rows):
    for name in ("Alpha", "Beta", "Gamma"):
        OrganisationFactory(name=name, country="KEN")
    names = ["Alpha", "Beta", "Gamma"][:rows]
    batch = previewed(client, "Name,Country\n" + "".join(f"{name},\n{name} two,Nowhere\n" for name in names))

    with django_assert_num_queries(10):
        page(client, batch)


@pytest.mark.parametrize("files", [1, 3])
def test_the_list_of_imports_takes_as_many_statements_for_one_as_for_three(
    client, staff, django_assert_num_queries, files
):
    for _number in range(files):
        upload(client, THREE)

    with django_assert_num_queries(6):
        client.get(reverse("members:imports"))


@pytest.mark.parametrize("role", ["facilitator", "member", "seat", "chair", "nobody"])
def test_only_those_who_keep_the_roster_import(client, staff, role):
    batch = previewed(client)
    client.force_login(user_with(role))

    statuses = {client.get(reverse(f"members:{name}")).status_code for name in ("imports", "import_upload")}
    posted = upload(client, THREE).status_code
    pages = {
        client.get(reverse(f"members:{name}", args=[batch.pk])).status_code
        for name in ("import", "import_columns", "import_report")
    }
    acts = {
        client.post(reverse(f"members:{name}", args=[batch.pk])).status_code
        for name in ("import_decide", "import_places", "import_apply", "import_discard", "import_columns")
    }

    assert (statuses, posted, pages, acts) == ({403}, 403, {404}, {404})
    assert client.get(reverse("members:import_row", args=[batch.pk, 1])).status_code == 404
    assert ImportBatch.objects.count() == 1
    batch.refresh_from_db()
    assert batch.status == "previewed"


def test_a_discarded_import_can_be_neither_decided_nor_applied(client, staff):
    batch = previewed(client)
    client.post(reverse("members:import_discard", args=[batch.pk]))

    applied = client.post(reverse("members:import_apply", args=[batch.pk]), follow=True)
    decided = client.post(reverse("members:import_decide", args=[batch.pk]), {"d-1": "leave"})

    assert "This import is closed" in applied.content.decode()
    assert "This import is closed" in decided.content.decode()
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04" + b"\0" * 30, "Save it as CSV and upload that."),
        (b"Name,Country\nA\0B,Kenya\n", "This is no text file."),
        (b"Name,Country\n", "The file has only one row."),
        (b'Name,Country\n"Open,Kenya\n', "A quotation mark is opened and never closed"),
        (b"Name\n" + b"x\n" * 1_000_001, "The file is larger than 2 MB."),
        (b"N\n" + b"x\n" * 10_001, "at most 10,000 are imported at once."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(client, staff, content, sentence):
    response = upload(client, content)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert ImportBatch.objects.count() == 0
