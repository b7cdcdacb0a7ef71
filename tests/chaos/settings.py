"""As the tests', only that everything happens within seconds that takes minutes in the house."""

import os

from tests.settings import *  # noqa: F403

NOTICES_LEASE_SECONDS = 2
RELAY_JOURNAL_GRACE_SECONDS = 1
NOTICES_FROZEN_SECONDS = 2
EMAIL_TIMEOUT = 2
CELERY_BEAT_SCHEDULE = {
    # Ten thousand reminders take seconds to plan: then as often as in the house.
    "plan": {
        "task": "notices.tasks.plan",
        "schedule": float(os.environ["CHAOS_PLANS_EVERY"]),
        "options": {"expires": 5},
    },
    "send": {"task": "notices.tasks.send_due", "schedule": 0.15, "options": {"expires": 1}},
}
