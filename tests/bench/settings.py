from coalition.settings import *  # noqa: F403
from coalition.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.statements.count_statements", *MIDDLEWARE]
