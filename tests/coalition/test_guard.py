import pytest
from django.core.exceptions import ImproperlyConfigured

from coalition.guard import NEEDED, refuse_unsafe

GOOD = {
    "DATABASE_URL": "postgres://coalition:secret@db.example.org/coalition",
    "REDIS_URL": "redis://cache.example.org:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "SECRET_KEY": "kX9vQ2mW7pL4nR8tY1cB6zF3hJ5gD0sA-eU_iOqTrNbVxMwKyPlZ",
    "ALLOWED_HOSTS": "app.example.org",
}


def test_complete_and_safe_settings_pass():
    refuse_unsafe(GOOD, embedded=False)


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_setting_is_named(name):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is not set"):
        refuse_unsafe({**GOOD, name: ""}, embedded=False)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "sqlite:///db", "DATABASE_URL must name a PostgreSQL database"),
        ("SECRET_KEY", "changeme", "SECRET_KEY is too weak"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is too weak"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must not contain"),
        ("METRICS_TOKEN", "guess", "METRICS_TOKEN is too short"),
        ("BASE_URL", "http://app.example.org", "BASE_URL must start with https://"),
    ],
)
def test_an_unsafe_setting_is_refused_with_a_sentence(name, value, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        refuse_unsafe({**GOOD, name: value}, embedded=False)


def test_the_embedded_set_up_may_use_a_short_key_on_its_own_machine():
    refuse_unsafe({**GOOD, "SECRET_KEY": "short"}, embedded=True)
