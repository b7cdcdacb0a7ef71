"""Everything a new version or a new installation needs before the first page, in one process."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from home import demo
from home.pseudo_locale import build

APPLICATION = ("accounts", "history", "notices", "members", "campaigns", "meetings", "decisions", "home")


class Command(BaseCommand):
    help = "Migrate, make the cache table, collect static files; with --demo-once or --demo-reset, the demo data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo-once", action="store_true", help="demo data if there is nobody yet")
        parser.add_argument("--demo-reset", action="store_true", help="remove everything, then the demo data")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["demo_once"] or options["demo_reset"]) and not settings.EMBEDDED:
            raise CommandError("Demo data is only for the embedded set-up: this database is a real one.")
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True)
        if settings.EMBEDDED:
            build(settings.BASE_DIR, Path(settings.VAR) / "locale")
        if options["demo_reset"]:
            self._empty()
        if options["demo_reset"] or (options["demo_once"] and not User.objects.exists()):
            with transaction.atomic():
                demo.load(now=timezone.now())

    def _empty(self) -> None:
        """TRUNCATE is the one door past the append-only triggers, and only here."""
        tables = [
            name
            for name in connection.introspection.table_names()
            if name.startswith(tuple(f"{app}_" for app in (*APPLICATION, "account", "usersessions")))
            or name in {"django_session", "cache"}
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, tables))}")
