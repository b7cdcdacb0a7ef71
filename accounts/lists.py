"""A list as somebody asked for it: its columns, their order and what is kept beside them, all from the address."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy

from accounts.files import CSV, XLSX
from accounts.models import SavedView, Visibility
from accounts.pages import SIZE, KeysetPage, keyset_page
from accounts.rules import allows, classes_seen_by

LISTS: dict[str, "List"] = {}  # by key; a saved view names its list so
PLACE = ("after", "before", "as")  # where one stands in a list: no part of what one looks at
LAYOUT = ("cols", "sort")
IN_FILE = 10_000  # rows of a list that a file is made of in one piece; longer ones go row by row
TEXT = (gettext_lazy("%(column)s: A to Z"), gettext_lazy("%(column)s: Z to A"))
DAYS = (gettext_lazy("%(column)s: earliest first"), gettext_lazy("%(column)s: latest first"))


@dataclass(frozen=True)
class Column:
    """`value`: what a file says of a row. `order`: what the rows are walked by, a field or annotation that is never
    NULL, with "-" if the greatest come first at the first click; empty: the list is not sorted by it."""

    key: str
    label: Promise
    value: Callable[[Any], object]
    order: str = ""
    rises_falls: tuple[Promise, Promise] = TEXT  # how its two orders are said
    is_extra: bool = False  # shown only to those who choose it
    seen_by: str = Visibility.PUBLIC  # the class of readers who may choose it
    is_beside_first: bool = False  # not chosen, it stands within the first column; in a file it always has its own


class List:
    """Declared once, beside the view. `address` is the name of its page; `order` the key of a column, or "-" and it.

    The first column is always there. `language`: what files are written in; None: the reader's. `export`: the
    permission that files of it ask for; empty: none. `other_files`: (label, name of the address) of more of them.
    """

    def __init__(
        self,
        key: str,
        columns: Iterable[Column],
        *,
        title: Promise,
        address: str,
        order: str,
        language: str | None = None,
        export: str = "",
        other_files: Iterable[tuple[Promise, str]] = (),
    ) -> None:
        self.key, self.columns, self.title = key, tuple(columns), title
        self.address, self.order, self.language = address, order, language
        self.export, self.other_files = export, tuple(other_files)
        LISTS[key] = self

    def asked(
        self, given: Any, user: Any, *, order: str = "", without: Iterable[str] = (), sorts: bool = True
    ) -> "Asked":
        """As `user` asks for it by `given`, the QueryDict of the address; what there is not in it is passed over.

        `order`: another one than the list's own to begin with. `without`: keys of columns that these rows do not have.
        `sorts` is False where the rows come in one order only.
        """
        return Asked(self, given, user, order=order or self.order, without=frozenset(without), sorts=sorts)


class Asked:
    """What templates/components/list.html shows. `cols` are the keys of the columns shown."""

    def __init__(self, what: List, given: Any, user: Any, *, order: str, without: frozenset[str], sorts: bool) -> None:
        self.list, self.given, self.user, self.first_order, self.sorts = what, given, user, order, sorts
        seen, first = classes_seen_by(user), what.columns[0].key
        self.offered = [one for one in what.columns if one.seen_by in seen and one.key not in without]
        wanted = set(given.getlist("cols")) & {column.key for column in self.offered}
        self.cols = wanted | {first} if wanted else {one.key for one in self.offered if not one.is_extra}
        self.columns = [column for column in self.offered if column.key in self.cols]
        self.file = given.get("as", "") if given.get("as") in {CSV, XLSX} else ""

    def page(self, rows: QuerySet[Any]) -> KeysetPage:
        """Those of `rows` that the address asks for: a page of them, or all for a file."""
        return keyset_page(rows, self.given, order=self.order, size=IN_FILE if self.file else SIZE)

    @cached_property
    def sort(self) -> str:
        """The key of the column it is sorted by, with "-" for the greatest first."""
        asked = self.given.get("sort", "")
        return asked if self.sorts and asked.removeprefix("-") in self._sortable else self.first_order

    @property
    def order(self) -> str:
        """What the rows are walked by: for `keyset_page`."""
        key = self.sort.removeprefix("-")
        field = self._sortable[key].order.removeprefix("-")
        return f"-{field}" if self.sort != key else field

    @property
    def order_words(self) -> str:
        return self._words(self._sortable[self.sort.removeprefix("-")], falls=self.sort.startswith("-"))

    def headings(self) -> Iterator[tuple[Column, str, str]]:
        """(column, where its heading leads, for aria-sort); the last two are empty where it does not sort."""
        for column in self.columns:
            if not column.order or not self.sorts:
                yield column, "", ""
                continue
            falls = self.sort == f"-{column.key}"
            current = {True: "descending", False: "ascending"}[falls] if falls or self.sort == column.key else ""
            turned = not falls if current else column.order.startswith("-")
            yield column, self.query(sort=f"-{column.key}" if turned else column.key), current

    def orders(self) -> list[tuple[str, str, bool]]:
        """(value of `sort`, words, whether it is the present one); empty where there is no choice."""
        pairs = [(column, falls) for column in self._sortable.values() for falls in (False, True)]
        named = [(f"-{one.key}" if falls else one.key, self._words(one, falls=falls)) for one, falls in pairs]
        return [(value, words, value == self.sort) for value, words in named] if self.sorts else []

    def choices(self) -> list[tuple[Column, bool]]:
        """The columns one may show or hide, and whether they are shown."""
        return [(column, column.key in self.cols) for column in self.offered[1:]]

    def filters(self) -> list[tuple[str, str]]:
        """What narrows the rows, as (name, value): for the hidden fields of the form that changes columns and order."""
        return [(name, value) for name, value in self._pairs() if name not in LAYOUT]

    def layout(self) -> list[tuple[str, str]]:
        """Columns and order as the address has them: for the hidden fields of the form that filters."""
        return [(name, value) for name, value in self._pairs() if name in LAYOUT]

    def query(self, **changes: str) -> str:
        """This address from its first page on, with `changes`; an empty value takes a name away."""
        changed = self.given.copy()
        for name in (*PLACE, *changes):
            changed.pop(name, None)
        for name, value in changes.items():
            if value:
                changed[name] = value
        return f"?{changed.urlencode()}"

    @property
    def kept(self) -> str:
        """What a saved view keeps of the address."""
        return self.query().removeprefix("?")

    def files(self) -> list[tuple[Any, str]]:
        others = [(label, reverse(address) + self.query()) for label, address in self.list.other_files]
        return [("CSV", self.query(**{"as": CSV})), ("XLSX", self.query(**{"as": XLSX})), *others]

    @property
    def may_export(self) -> bool:
        return not self.list.export or allows(self.user, self.list.export)

    def views(self) -> list[tuple[SavedView, bool]]:
        """Those saved or shared for this list, by name, and whether this is what they show."""
        here = sorted(self._pairs())
        saved = SavedView.objects.visible_to(self.user).filter(list_key=self.list.key).select_related("owner__person")
        return [(view, sorted(parse_qsl(view.query)) == here) for view in saved]

    @property
    def may_share(self) -> bool:
        return allows(self.user, "accounts.share_view")

    def headings_of_file(self) -> list[str]:
        with self._language():
            return [str(column.label) for column in self._columns_of_file]

    def lines(self, rows: Iterable[Any]) -> Iterator[list[str]]:
        """What a file says of `rows`."""
        for row in rows:
            with self._language():
                values = [column.value(row) for column in self._columns_of_file]
                yield ["" if value is None else str(value) for value in values]

    @cached_property
    def _columns_of_file(self) -> list[Column]:
        return [one for one in self.offered if one.key in self.cols or one.is_beside_first]

    def _language(self) -> Any:
        return translation.override(self.list.language or translation.get_language())

    def _pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.given.lists() if name not in PLACE for value in values if value]

    @property
    def _sortable(self) -> dict[str, Column]:
        return {column.key: column for column in self.offered if column.order}

    @staticmethod
    def _words(column: Column, *, falls: bool) -> str:
        return str(column.rises_falls[falls]) % {"column": column.label}
