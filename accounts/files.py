"""Lists as files that no spreadsheet runs: CSV line by line, XLSX whose cells are all text."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator

from xlsxwriter import Workbook

BOM = "\ufeff"
QUOTE = "'"
CSV, XLSX = "csv", "xlsx"
MOST_IN_CELL = 32_000  # characters: a workbook's cell holds 32,767
NARROW, WIDE = 10, 48  # widths of columns, in characters


def safe_cell(text: str) -> str:
    """`text`, behind an apostrophe if a spreadsheet would run it. `unsafe_cell` gives back exactly `text`."""
    return QUOTE + text if _runs(text) else text


def unsafe_cell(cell: str) -> str:
    """`cell` without the apostrophe that `safe_cell` put there; any other apostrophe stays."""
    return cell[1:] if cell.startswith(QUOTE) and _runs(cell[1:]) else cell


def csv_lines(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a CSV file (UTF-8 with BOM, comma), each cell made safe."""
    writer = csv.writer(_Line())
    yield BOM + writer.writerow([safe_cell(heading) for heading in headings])
    for cells in rows:
        yield writer.writerow([safe_cell(cell) for cell in cells])


def workbook(title: str, headings: list[str], rows: Iterable[Iterable[str]]) -> bytes:
    """An XLSX file of one sheet called `title`. Every cell is text, so nothing in it runs; one row at a time is kept."""
    written = io.BytesIO()
    with Workbook(written, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, WIDE if column == 0 else max(NARROW, 2 * len(heading)))
        sheet.freeze_panes(1, 1)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for line, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell[:MOST_IN_CELL])
    return written.getvalue()


def _sheet_name(title: str) -> str:
    """What a spreadsheet allows: 31 characters, none of []:*?/\\, no apostrophe at its ends."""
    kept = "".join(character for character in title if character not in "[]:*?/\\")
    return kept[:31].strip("' ") or "List"


def _runs(text: str) -> bool:
    """Begins as a formula: = + - @ or a control that splits cells, also full-width, also after what is not seen.

    Apostrophes at the front are passed over, so that a name that has one of its own keeps it through a round trip.
    """
    for character in text.lstrip(QUOTE):
        if character in "\t\r\n" or unicodedata.normalize("NFKC", character) in {"=", "+", "-", "@"}:
            return True
        if unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
            return False
    return False


class _Line:
    """What csv.writer writes to: each line is handed on as it is made."""

    def write(self, line: str) -> str:
        return line
