"""What does the file say? Bytes become a header and rows of text; nothing is judged yet.

CSV with comma, semicolon or tab; UTF-8 with or without BOM, UTF-16 with BOM (what spreadsheets call "Unicode text"),
else Windows-1252.
"""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import TransitionError

MAX_BYTES = 2_000_000
MAX_ROWS = 10_000
MAX_COLUMNS = 100
DELIMITERS = ",;\t"
SAMPLE = 30  # records that decide which delimiter it is
# How files begin that are no text: zip (xlsx, ods), old Office, PDF.
BINARY = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}


class Unreadable(TransitionError):
    """The file is none we can read; the text is a sentence that says what to do."""


@dataclass(frozen=True)
class Sheet:
    """A file as read: `rows` are its records below the header, as found, blank ones included as []."""

    encoding: str
    delimiter: str
    header: list[str]
    rows: list[list[str]]


def read_sheet(content: bytes) -> Sheet:
    """Read a whole file. Raises Unreadable."""
    if len(content) > MAX_BYTES:
        raise Unreadable(
            _("The file is larger than 2 MB. Split it, or leave out columns that the roster does not need.")
        )
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    _refuse_binary(content)
    text, encoding = _decoded(content)
    delimiter = _delimiter_of(text)
    records = _records(text, delimiter)
    header = [cell.strip() for cell in records[0]] if records else []
    rows = [[] if _is_blank(row) else row for row in records[1:]]
    while rows and not rows[-1]:
        rows.pop()
    _refuse_shape(header, rows)
    return Sheet(encoding, delimiter, header, rows)


def is_ragged(row: list[str], width: int) -> bool:
    """Fewer cells than the header has columns, or more that are not empty."""
    return len(row) < width or not _is_blank(row[width:])


def _is_blank(cells: list[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _refuse_binary(content: bytes) -> None:
    for start, kind in BINARY.items():
        if content.startswith(start):
            raise Unreadable(
                _("This is a file of a spreadsheet or office program (%(kind)s). Save it as CSV and upload that.")
                % {"kind": kind}
            )


def _refuse_shape(header: list[str], rows: list[list[str]]) -> None:
    if _is_blank(header):
        raise Unreadable(_("The first row is empty. It should hold the names of the columns."))
    if len(header) > MAX_COLUMNS:
        raise Unreadable(_("The file has too many columns: %(count)s; at most 100 are read.") % {"count": len(header)})
    if not rows:
        raise Unreadable(_("The file has only one row. Its first row is read as the names of the columns."))
    if len(rows) > MAX_ROWS:
        raise Unreadable(
            _("The file has too many rows: %(count)s; at most 10,000 are imported at once.") % {"count": len(rows)}
        )


def _decoded(content: bytes) -> tuple[str, str]:
    for bom, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(bom):
            return _decode(content, encoding), "utf-16"
    if b"\0" in content:
        raise Unreadable(_("This is no text file. Save the list as CSV and upload that."))
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _decode(content, "cp1252"), "cp1252"


def _decode(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(_("The characters of this file cannot be read. Save it as CSV with UTF-8.")) from None
    if "\0" in text:
        raise Unreadable(_("This is no text file. Save the list as CSV and upload that."))
    return text


def _delimiter_of(text: str) -> str:
    """The one that parts most records into the same number of columns, more than one; else a comma."""
    best, score = ",", (0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(record) for record in _first_records(text, delimiter) if record)
        width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        if width > 1 and (times, width) > score:
            best, score = delimiter, (times, width)
    return best


def _first_records(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
            if len(records) == SAMPLE:
                break
    except csv.Error:
        pass  # said when the whole file is read
    return records


def _records(text: str, delimiter: str) -> list[list[str]]:
    """All records. Quotes inside cells are taken as they are, but one that is never closed would swallow the rest."""
    for strict in (True, False):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
        try:
            return list(reader)
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise Unreadable(
                    _("A quotation mark is opened and never closed, near line %(line)s of the file.")
                    % {"line": reader.line_num}
                ) from None
    raise Unreadable(_("One cell of the file holds more than 128,000 characters, or a quotation mark is not closed."))
