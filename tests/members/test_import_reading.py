"""What does a file say, whatever program wrote it?"""

import csv
from pathlib import Path

import pytest

import members.countries
from members.countries import country_named, scope_named
from members.roster.claims import read_claim
from members.roster.columns import guess
from members.roster.reading import Unreadable, read_sheet

CROSSWALK = Path(members.countries.__file__).parent / "data" / "country_name_crosswalk.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_delimiter_and_encoding_gives_the_same_rows(delimiter, encoding):
    lines = ["Nom", "Pays", "Réseau Foi, Justice; Espoir", "Côte d’Ivoire"]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in pair) for pair in (lines[:2], lines[2:]))

    sheet = read_sheet(text.encode(encoding))

    assert (sheet.delimiter, sheet.header, sheet.rows) == (delimiter, lines[:2], [lines[2:]])


def test_cells_hold_line_breaks_delimiters_and_quotes():
    sheet = read_sheet(b'Name;About\r\n"Blue\nLake";"says ""no""; always"\r\n')

    assert sheet.rows == [["Blue\nLake", 'says "no"; always']]


def test_blank_lines_keep_their_number_and_those_at_the_end_are_nothing():
    sheet = read_sheet(b"Name,Country\nA,Kenya\n\n,\nB,Peru\n\n\n")

    assert sheet.rows == [["A", "Kenya"], [], [], ["B", "Peru"]]


def test_a_column_of_names_alone_is_a_file_too():
    sheet = read_sheet("Name\nGrüne Hügel\n".encode())

    assert (sheet.delimiter, sheet.rows) == (",", [["Grüne Hügel"]])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "Save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "Save it as CSV"),
        (b"Name\nA\0\n", "no text file"),
        (b"Name\n\x81\x8d\n", "cannot be read"),
        (b"\n\nName\n", "first row is empty"),
        (b'Name,Country\n"A,Kenya\nB,Peru\n', "never closed"),
        (b"Name\n" + b"x" * 200_000 + b"\n", "128,000"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_sheet(content)


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (["no", "organisation", "country_or_description"], {"name": 1, "country": 2}),
        (["Organisation name", "Country"], {"name": 0, "country": 1}),
        (["Nombre", "País", "Sitio web"], {"name": 0, "country": 1, "website": 2}),
        (["N°", "Nom", "Pays", "Remarques"], {"name": 1, "country": 2, "note": 3}),
        (["Name der Organisation", "Land", "Kürzel"], {"name": 0, "country": 1, "acronym": 2}),
        (["اسم المنظمة", "البلد"], {"country": 1}),
        (["المنظمة", "الدولة"], {"name": 0, "country": 1}),
        (
            ["Name", "Acronym", "Country", "Kind", "Category", "Status", "Since", "Website", "Note"],
            {
                "name": 0,
                "acronym": 1,
                "country": 2,
                "kind": 3,
                "category": 4,
                "status": 5,
                "since": 6,
                "website": 7,
                "note": 8,
            },
        ),
    ],
)
def test_columns_are_guessed_from_their_names(header, mapping):
    assert guess(header) == mapping


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["A", "Kenya"], {"error": "ragged", "found": 2, "expected": 3}),
        (["A", "Kenya", "", "more"], {"error": "ragged", "found": 4, "expected": 3}),
        (["", "Kenya", ""], {"error": "no name"}),
        (["!?", "Kenya", ""], {"error": "no letter"}),
        (["x" * 301, "Kenya", ""], {"error": "too long", "field": "name", "longest": 300}),
        (["A", "Kenya", "Choir"], {"error": "unknown", "field": "kind", "text": "Choir"}),
    ],
)
def test_a_row_in_error_says_why(cells, why):
    assert read_claim(cells, {"name": 0, "country": 1, "kind": 2}, 3).fault == why


def test_empty_cells_beyond_the_header_are_no_error():
    assert read_claim(["A", "Kenya", "", ""], {"name": 0, "country": 1}, 2).fault == {}


def test_other_values_are_read_as_people_write_them():
    mapping = {"name": 0, "website": 1, "since": 2, "kind": 3, "category": 4}

    claim = read_claim(["A", "www.a.example", "2019", "Faith body", "endorser"], mapping, 5)

    assert claim.values == {
        "website": "https://www.a.example",
        "since": "2019-01-01",
        "kind": "faith",
        "category": "endorser",
    }


def test_every_country_of_the_crosswalk_is_resolved_as_it_says():
    with CROSSWALK.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    found = {row["name_as_found"]: getattr(country_named(row["name_as_found"]), "iso3", "") for row in rows}

    assert len(rows) == 194
    assert found == {row["name_as_found"]: row["iso3"] for row in rows}
    assert {row["name_as_found"]: scope_named(row["name_as_found"]) for row in rows if not row["iso3"]} == {
        "international": "international",
        "International": "international",
        "Regional": "regional",
        "Caribbean": "",
        "Geneva": "",
        "Working in 14 Arab Countries": "",
        "Regional Feminist Network": "",
    }


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("C&ocirc;te d'Ivoire", "CIV"),
        ("Cuba", "CUB"),
        ("Oman", "OMN"),
        ("Tonga", "TON"),
        ("State of Palestine", "PSE"),
        ("Saint Lucia", "LCA"),
        ("Saint Kitts and Nevis", "KNA"),
        ("Saint Vincent and the Grenadines", "VCT"),
    ],
)
def test_the_plain_names_that_the_crosswalk_leaves_out_are_resolved_too(text, iso3):
    assert country_named(text).iso3 == iso3
