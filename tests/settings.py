from coalition.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# What the tests of reminders remind of, so that they need none of the apps above `notices`.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.notices.errands"]  # noqa: F405

# Pages are rendered without having collected and compressed the static files.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
