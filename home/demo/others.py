"""The rest of the membership, as a secretariat brings it in: a file that was imported on the first day."""

from datetime import timedelta
from pathlib import Path

from home.demo.roster import Stage
from members.actions.applying import apply_import
from members.actions.imports import name_columns, upload_roster

FILE = Path(__file__).parent / "data" / "members.csv"


def import_the_others(stage: Stage) -> None:
    """All rows are new; nobody is told."""
    staff, then = stage.users["staff"], stage.now - timedelta(days=28)
    batch = upload_roster(by=staff, now=then, file_name=FILE.name, content=FILE.read_bytes())
    name_columns(batch, by=staff, now=then, mapping=batch.mapping, category="member", since=None)
    apply_import(batch, by=staff, now=then)
