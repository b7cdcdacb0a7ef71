"""Two real lists through the browser, one after the other: every verdict counted, and every count explained.

tests/members/test_import_real_files.py has the same figures without a browser, row by row.
"""

from pathlib import Path

from members.models import ImportRow, Organisation
from tests.browser import chores
from tests.browser.conftest import Open
from tests.browser.visits import Window
from tests.factories import user_with

DATA = Path(__file__).parent.parent / "data"


def preview(desk: Window, file_name: str, content: bytes | None = None) -> dict[str, str]:
    """The columns as they were guessed, and the preview opened."""
    columns = chores.upload(desk, file_name, content if content is not None else (DATA / file_name).read_bytes())
    desk.press("Show the preview")
    return columns


def verdict_of(desk: Window, line: int) -> str:
    """What the preview says of one row, on the page that shows it."""
    return desk.page.locator(f"#row-{line}").inner_text()


def test_two_real_lists_are_imported_and_come_back_unchanged(visit: Open) -> None:
    desk = visit(user_with("staff"))

    import_the_members(desk)
    import_the_signatories(desk)
    import_everything_again(desk)
    import_our_own_export(desk)


def import_the_members(desk: Window) -> None:
    columns = preview(desk, "members_owinfs.csv")
    assert columns == {"Organisation name": "Name of the organisation", "Country": "Country or scope"}
    # 10 rows say "international": a scope, known without asking. "Caribbean" (12) is a region and "Geneva" (184) a
    # town: both need a country, or a scope.
    assert chores.counts(desk) == {"Needs a country": 2, "New": 198}
    assert Organisation.objects.count() == 0

    chores.place(desk, "regional", first="12", last="12")
    chores.place(desk, "Switzerland", first="184", last="184")

    assert chores.counts(desk) == {"New": 200}
    assert chores.apply(desk).startswith("Applied: 200 added, 0 changed, 0 unchanged, 0 left out.")


def import_the_signatories(desk: Window) -> None:
    columns = preview(desk, "signon_2020.csv")
    assert columns["no"] == "Leave out"
    # 25 signatories are members of the same key and country. 19 may be one: 14 of rows 1-85 and row 325 bear a
    # member's name and another country or none, and two pairs within the file bear one name (57 and 116, 70 and 203).
    # 67 describe themselves where a country should stand, or leave it empty: the rest of rows 1-85 but for
    # 5 ("Regional") and 56 ("International").
    assert chores.counts(desk) == {"Possible duplicate": 19, "Needs a country": 67, "New": 289, "Unchanged": 25}

    follow_chip(desk, "Unchanged 25")
    assert "Same as Aid/Watch (Australia)" in verdict_of(desk, 98)  # "AID/ WATCH" in the file
    follow_chip(desk, "Possible duplicate 19")
    assert "May be row 116 of this file" in verdict_of(desk, 57)
    assert "May be row 57 of this file" in verdict_of(desk, 116)
    assert desk.page.locator("[name=d-57][value='row:116'], [name=d-116][value='row:57']").count() == 2

    chores.place(desk, "international", first="1", last="85")
    # 83 rows decided at once. Four of them are international in the roster too, and now bring it a description
    # (26, 29, 66, 69); 11 and the two pairs within the file stay to be decided.
    assert "83 rows decided." in desk.text()
    assert chores.counts(desk) == {"Possible duplicate": 15, "Fills blanks": 4, "New": 356, "Unchanged": 25}

    follow_chip(desk, "Possible duplicate 15")
    members = ImportRow.objects.filter(batch__file_name="signon_2020.csv", verdict="possible", match__isnull=False)
    same = dict.fromkeys(members.values_list("line", flat=True), "same:")
    chores.decide(desk, {**same, 116: "other", 203: "row:70"})
    # Nine of the eleven gain a description, and row 70, which joins 203, gives it one: 4 + 9 + 1.
    assert chores.counts(desk) == {"Fills blanks": 14, "New": 359, "Unchanged": 27}
    assert chores.apply(desk).startswith("Applied: 359 added, 14 changed, 27 unchanged, 0 left out.")


def import_everything_again(desk: Window) -> None:
    for file_name, rows in (("members_owinfs.csv", 200), ("signon_2020.csv", 400)):
        preview(desk, file_name)
        assert chores.counts(desk) == {"Unchanged": rows}
        assert chores.apply(desk).startswith(f"Applied: 0 added, 0 changed, {rows} unchanged, 0 left out.")

    societies = Organisation.objects.filter(key="missionary society of st columban")
    assert sorted(one.country or one.scope for one in societies) == ["AUS", "international"]
    assert Organisation.objects.filter(key="aid watch").count() == 1
    # The column "no" was read as nothing; row 179 really bears a year as its name.
    assert [one.name for one in Organisation.objects.filter(name__regex="^[0-9 ]+$")] == ["1999"]


def import_our_own_export(desk: Window) -> None:
    desk.goto("/members/")
    with desk.page.expect_download() as download:
        desk.page.locator("a[href*='export.csv']").click()

    preview(desk, "export.csv", download.value.path().read_bytes())

    assert chores.counts(desk) == {"Unchanged": 559}


def follow_chip(desk: Window, label: str) -> None:
    desk.page.goto(desk.page.url.partition("?")[0])
    desk.follow(label)
