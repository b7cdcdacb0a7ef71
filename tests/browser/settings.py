"""The settings of the browser tests' web server and worker: those of the tests, with the real static files."""

from coalition import settings
from tests.settings import *  # noqa: F403

STORAGES = settings.STORAGES
MIDDLEWARE = ["tests.statements.count_statements", *settings.MIDDLEWARE]
