"""The tags of accounts/templatetags/times.py and components.py, rendered as pages use them."""

from datetime import UTC, date, datetime

from django import forms
from django.template import Context, Template
from django.utils import translation

CLOSING = datetime(2026, 5, 14, 15, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template("{% load times components %}" + source).render(Context(context)).strip()


def test_an_instant_carries_its_machine_time_and_both_hours():
    html = render("{% instant at 'Europe/Zurich' %}", at=CLOSING, reader_zone="Asia/Vientiane")

    assert html == (
        '<time datetime="2026-05-14T15:00Z">Thu 14 May 2026, 17:00 Zurich</time> (22:00 for you, Vientiane)'
    )


def test_without_a_reader_in_the_context_hours_are_in_utc():
    assert render("{% for_reader at %}", at=CLOSING) == (
        '<time datetime="2026-05-14T15:00Z">Thu 14 May 2026, 15:00</time>'
    )
    assert "(15:00 for you, UTC)" in render("{% instant at 'Europe/Zurich' %}", at=CLOSING)


def test_a_named_zone_goes_before_the_readers():
    assert "21:30" in render("{% for_reader at 'Asia/Yangon' short=True %}", at=CLOSING, reader_zone="UTC")
    assert "(23:00 for you, Manila)" not in render("{% instant at 'Asia/Manila' 'Asia/Manila' %}", at=CLOSING)


def test_a_short_time_says_the_year_only_when_it_is_not_this_one():
    this_year = render("{% for_reader at short=True %}", at=CLOSING, now=CLOSING)
    next_year = render("{% for_reader at short=True %}", at=CLOSING, now=CLOSING.replace(year=2027))

    assert [">14 May, 15:00<" in this_year, ">14 May 2026, 15:00<" in next_year] == [True, True]


def test_an_instant_that_is_not_set_shows_nothing():
    assert render("{% instant at 'UTC' %}{% for_reader at %}{% day at %}{% day_range at %}", at=None) == ""


def test_a_countdown_reads_the_clock_it_is_given():
    now = datetime(2026, 5, 13, 7, 12, tzinfo=UTC)

    assert render("{{ at|countdown:now }}", at=CLOSING, now=now) == "in 1 day 7 hours"


def test_days_are_left_by_the_readers_calendar():
    now = datetime(2026, 5, 13, 23, 0, tzinfo=UTC)  # already the 14th in Auckland
    fair = date(2026, 5, 15)

    assert render("{% days_left day %}", day=fair, now=now, reader_zone="Pacific/Auckland") == "tomorrow"
    assert render("{% days_left day %}", day=fair, now=now, reader_zone="America/Lima") == "in 2 days"


def test_a_range_is_no_more_exact_for_machines_than_for_people():
    november = date(2026, 11, 1)

    assert render("{% day_range day None 'month' %}", day=november) == ('<time datetime="2026-11">November 2026</time>')


def test_three_zones_stand_side_by_side_each_once():
    here = render("{% zones_of at 'UTC' as c %}{{ c|length }}", at=CLOSING, reader_zone="UTC")
    away = render("{% include 'components/zones.html' %}", at=CLOSING, zone="Europe/Zurich", reader_zone="Asia/Dhaka")

    assert here == "1"
    assert [part in away for part in ("In Zurich, where it is called", "For you, in Dhaka", "UTC")] == [True] * 3


def test_plain_text_for_mails_has_no_markup():
    assert render("{% in_words at 'Europe/Zurich' 'Asia/Yangon' utc=True %}", at=CLOSING) == (
        "Thu 14 May 2026, 17:00 Zurich (21:30 for you, Yangon; 15:00 UTC)"
    )


def test_a_status_is_a_word_with_its_own_shape_and_escapes_what_it_is_given():
    html = render("{% status 'wait' label %}", label="<b>Open</b>")

    assert html.startswith('<span class="st st-wait"><svg class="icon"')
    assert html.endswith("&lt;b&gt;Open&lt;/b&gt;</span>")


def test_a_name_keeps_its_own_direction_and_language():
    assert render("{% name text 'my' %}", text="ရွာ") == '<bdi lang="my">ရွာ</bdi>'
    assert render("{% name text %}", text="<i>") == "<bdi>&lt;i&gt;</bdi>"


def test_an_empty_whole_draws_an_empty_bar():
    assert 'width="0%"' in render("{% bar 3 0 %}")
    assert 'width="100%"' in render("{% bar 9 3 %}")


def test_a_bar_may_have_a_second_part_after_the_first():
    html = render("{% bar 1 4 2 %}")

    assert '<rect class="then" width="75%" height="100%"/><rect width="25%" height="100%"/>' in html


class Answer(forms.Form):
    reason = forms.CharField(help_text="Every seat sees this.")
    answer = forms.ChoiceField(choices=[("approve", "Approve")], widget=forms.RadioSelect)


def test_the_error_summary_leads_to_each_field():
    form = Answer({})
    form.add_error(None, "The round has closed.")

    html = render("{% include 'components/error_summary.html' %}", form=form)

    assert "3 things to put right" in html
    assert '<a href="#id_reason">Reason: This field is required.</a>' in html
    assert '<a href="#id_answer_0">' in html
    assert "<li>The round has closed.</li>" in html


def test_a_form_says_its_problems_and_ties_them_to_their_fields():
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": Answer({})}))

    assert "2 things to put right" in html
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in html
    assert 'id="id_reason_error"' in html
    assert html.count('id="id_reason_helptext"') == 1
    assert html.count("id_answer_error") >= 1


def test_an_untouched_form_has_no_summary():
    assert "put right" not in Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(
        Context({"form": Answer()})
    )


def test_a_foreign_language_turns_the_words_not_the_hours():
    with translation.override("ar"):
        assert "15:00" in render("{% for_reader at %}", at=CLOSING)
