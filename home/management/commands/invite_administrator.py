"""The first administrator of a new installation: everybody else is invited by somebody."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Address, Person, User
from members.models import Appointment


class Command(BaseCommand):
    help = "Make a person an administrator who can sign in after resetting the password by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} can sign in already. Ask an administrator to appoint them.")
        person = Person.objects.create(display_name=options["name"])
        Address.objects.create(person=person, email=email)
        User.objects.create_user(email, person=person)
        Appointment.objects.create(person=person, role=Appointment.Role.ADMIN, since=timezone.localdate())
        self.stdout.write(f"{person} is an administrator. Open the sign-in page, “I forgot my password”.")
