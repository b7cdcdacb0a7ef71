"""What we leave out of the HTML of long pages, a browser puts in again: nothing is lost or added."""

from html.parser import HTMLParser

from django.forms import Select
from django.template import Context, Template

from accounts.filters import QuickSelect
from accounts.forms import ZoneSelect

ROWS = """{% for word in words %}<tr class="x">
<th>{{ word }}</th>
<td></td>
<td>{{ word }} <b>b</b> </td></tr>
{% endfor %}"""


class Seen(HTMLParser):
    """What opens, with its attributes, and the text between, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.parts: list[object] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.parts.append((tag, dict(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.parts.append(data.strip())


def test_lean_rows_hold_the_same_as_rows_with_all_their_tags():
    words = Context({"words": ["a", "</td> & x"]})
    whole = Template(ROWS).render(words)

    lean = Template("{% load components %}{% lean_rows %}" + ROWS + "{% endlean_rows %}").render(words)

    assert Seen(lean).parts == Seen(whole).parts
    assert "</t" not in lean
    assert "&lt;/td&gt; &amp; x" in lean


def test_an_empty_cell_stays_empty():
    lean = Template("{% load components %}{% lean_rows %}" + ROWS + "{% endlean_rows %}").render(
        Context({"words": "a"})
    )

    assert "<td><td>" in lean  # the style sheet asks for :empty


def test_a_quick_select_quotes_each_value_that_needs_it():
    choices = [("", "Any"), ("AFG", "Afghanistan"), ('a "b" >', "<i>"), ("-name", "Falls")]

    select = QuickSelect(choices=choices).render("country", "AFG")

    opened = [part[1] for part in Seen(select).parts if part[0] == "option"]
    assert opened == [{"value": ""}, {"value": "AFG", "selected": None}, {"value": 'a "b" >'}, {"value": "-name"}]
    assert "&lt;i&gt;" in select


def test_the_choice_of_a_time_zone_holds_the_same_as_one_with_all_its_tags():
    choices = [("UTC", "UTC"), ("Africa", [("Africa/Accra", "Accra"), ("Africa/Cairo", "</option> & x")])]

    lean, whole = (widget(choices=choices).render("zone", "Africa/Accra") for widget in (ZoneSelect, Select))

    assert Seen(lean).parts == Seen(whole).parts
    assert "</opt" not in lean
