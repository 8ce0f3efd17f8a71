import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coprod.home.demo import telling


class Command(BaseCommand):
    help = (
        "Seed an empty database with the demonstration and print its cast: role, person, sign-in, "
        "password and second-factor secret. Refuses on a database that already holds people, "
        "except to print the cast of a demonstration made before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print the cast as data."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if telling.is_empty():
            cast = telling.tell()
        else:
            cast = telling.read_cast() if options["json"] else []
        if not cast:
            raise CommandError(
                "This database already holds people, so the demonstration was not added to it."
            )
        if options["json"]:
            data = {"url": settings.SITE_URL, "cast": [asdict(sign) for sign in cast]}
            self.stdout.write(json.dumps(data, indent=2))
            return
        for sign in cast:
            secret = f", second factor {sign.totp_secret}" if sign.totp_secret else ""
            self.stdout.write(
                f"{sign.role}: {sign.person}, {sign.sign_in}, password {sign.password}{secret}"
            )
