"""What staff do with an import in the browser, as steps that several tests take."""

from collections.abc import Mapping

from tests.browser.visits import Window


def upload(desk: Window, file_name: str, content: bytes) -> dict[str, str]:
    """Bring a file as far as the page of its columns; what each column is going to be read as."""
    desk.goto("/members/imports/new/")
    file = {"name": file_name, "mimeType": "text/csv", "buffer": content}
    desk.page.locator("main [name=file]").set_input_files(file)
    desk.press("Read the file")
    columns = desk.page.locator("main tbody tr")
    return {
        row.get_by_role("rowheader").inner_text(): row.locator("select option:checked").inner_text()
        for row in columns.all()
    }


def counts(desk: Window) -> dict[str, int]:
    """How many rows have which verdict, as the preview says: {"New": 198, "Needs a country": 2}."""
    chips = [chip.inner_text() for chip in desk.page.locator("main .chips a").all()]
    parts = [chip.rsplit(" ", 1) for chip in chips if chip != "To decide" and not chip.startswith("All ")]
    return {label: int(count) for label, count in parts}


def place(desk: Window, where: str, **rows: str) -> None:
    """Decide the country or scope of many rows. `rows`: text="=Geneva" for a repeated one, or first="1", last="85"."""
    desk.fill(place=where, **rows)
    desk.press("Set for these rows")


def decide(desk: Window, choices: Mapping[int, str]) -> None:
    """Choose about the rows on the page: {116: "other", 203: "row:70", 31: "same"} and save."""
    for line, choice in choices.items():
        radios = desk.page.locator(f"main [name='d-{line}']")
        radios.and_(desk.page.locator(f"[value^='{choice}']")).first.check()
    desk.press("Save my decisions")


def apply(desk: Window) -> str:
    """Apply the import; the sentence that says what it did."""
    desk.press_beginning("Apply")
    return desk.page.get_by_role("status").first.inner_text()


def import_roster(desk: Window, file_name: str, content: bytes) -> str:
    """Upload a file, keep the columns as guessed, apply what the preview shows; the sentence that says what it did."""
    upload(desk, file_name, content)
    desk.press("Show the preview")
    return apply(desk)
