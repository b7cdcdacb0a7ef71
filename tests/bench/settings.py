from coalition.settings import *  # noqa: F403
from coalition.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.bench.bare.count_statements", *MIDDLEWARE]
