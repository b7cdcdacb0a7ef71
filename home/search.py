"""What does a text find, among all that its reader may see? One statement, in which every group is bounded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, Model, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import User
from accounts.pages import COUNTED
from members.countries import countries_called, region_named, regions_called
from members.keys import name_words

FEW = 5  # of each group, where all are shown
PLACES = 8  # regions and countries that are named
MANY = 50  # of the one group that is asked for
READ = COUNTED + COUNTED // 2  # rows read to count them: one thing may come several times


@dataclass(frozen=True)
class Sought:
    """What `user` looks for: `text` as they typed it."""

    text: str
    user: User

    @property
    def words(self) -> set[str]:
        """Each begins a word of the name; empty when the text holds no letter or digit."""
        return name_words(self.text)


@dataclass(frozen=True)
class Group:
    """One kind of thing that can be found. Each line is templates/home/found/<name>.html, with `row` and `more`.

    `found`: the rows that match and that the reader may see, in order. `fields`: what the line needs of a row. `more`:
    expressions for what else it needs, and `read` what the line makes of their values. `counted`: as `found`, but cheap
    to count; a row may come several times. `listed`: the address of a list that shows all of them; empty for a reader
    who has none.
    """

    name: str
    title: Any  # lazy: said in the reader's language
    model: type[Model]
    found: Callable[[Sought], QuerySet[Any]]
    fields: tuple[str, ...]
    more: Callable[[User], dict[str, Any]] = lambda user: {}
    read: Callable[[dict[str, Any]], dict[str, Any]] = lambda more: more
    counted: Callable[[Sought], QuerySet[Any]] | None = None
    listed: Callable[[Sought], str] = lambda sought: ""

    @property
    def template(self) -> str:
        return f"home/found/{self.name}.html"

    def rows(self, sought: Sought, most: int) -> QuerySet[Any]:
        """The first `most` + 1, in columns that all groups share."""
        columns: dict[str, Any] = {name: F(name) for name in ("id", *self.fields)}
        count = self.counted or self.found
        return self.found(sought).values(
            group=Value(self.name, CharField()),
            total=Total(count(sought)),
            facts=JSONObject(**columns, **self.more(sought.user)),
        )[: most + 1]

    def hit(self, facts: dict[str, Any]) -> "Hit":
        """The row of the model again, with as many fields as were asked for."""
        fields: dict[str, Any] = {name: self.model._meta.get_field(name) for name in ("id", *self.fields)}
        row = self.model(**{name: field.to_python(facts[name]) for name, field in fields.items()})
        return Hit(row, self.read({name: value for name, value in facts.items() if name not in fields}))


@dataclass(frozen=True)
class Hit:
    row: Model
    more: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A group that holds something. `total` is None for more than can be counted; `url` of them all, if any are left."""

    group: Group
    hits: list[Hit]
    total: int | None
    listed: str
    has_more: bool


class Total(Subquery):
    """How many different rows there are; NULL for more than COUNTED, or than are read to know."""

    template = (
        "(SELECT CASE WHEN COUNT(*) < %(read)s AND COUNT(DISTINCT counted.id) <= %(most)s "
        "THEN COUNT(DISTINCT counted.id) END FROM (%(subquery)s) counted(id))"
    )
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[:READ], read=READ, most=COUNTED)


def search(sought: Sought, groups: Iterable[Group], most: int = FEW) -> list[Found]:
    """What is found in `groups`, in their order, at most `most` of each; groups that hold nothing are left out."""
    if not sought.words:
        return []
    groups = list(groups)
    first, *others = [group.rows(sought, most) for group in groups]
    # Without an order of its own the statement gives each group's rows in theirs.
    rows = list(first.union(*others, all=True)) if others else list(first)
    return [one for group in groups if (one := _found(group, sought, rows, most))]


def places_called(text: str) -> list[tuple[str, str]]:
    """[(name, address of the organisations there)] of the first few regions and countries called `text`."""
    listed = reverse("members:organisations")
    found = [(region_named(code), f"{listed}?region={code}") for code in regions_called(text)]
    found += [(str(country), f"{listed}?country={country.iso3}") for country in countries_called(text)]
    return found[:PLACES]


def _found(group: Group, sought: Sought, rows: list[dict[str, Any]], most: int) -> Found | None:
    ours = [row for row in rows if row["group"] == group.name]
    if not ours:
        return None
    hits = [group.hit(row["facts"]) for row in ours[:most]]
    return Found(group, hits, ours[0]["total"], group.listed(sought), has_more=len(ours) > most)
