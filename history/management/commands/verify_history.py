"""`manage.py verify_history`: whether anything in the history was edited, deleted, inserted or moved."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from history.verifying import verify


class Command(BaseCommand):
    help = "Read every chain of the history; name what is not as it was written, and end with 1 if there is any."

    def handle(self, *_args: Any, **_options: Any) -> None:
        report = verify(lambda count: self.stderr.write(f"{count} entries read …"))
        for sentence in report.found:
            self.stdout.write(sentence)
        read = f"{report.entries} entries of {report.chains} objects and {report.anchors} anchors read"
        if report.found:
            self.stdout.write(f"{read}: {len(report.found)} things are not as they were written.")
            sys.exit(1)
        self.stdout.write(f"{read}: all is as it was written.")
