"""The small pieces every page is made of: icons, statuses, names, seats. The larger ones are in templates/components."""

import re

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

register = template.Library()

# Stroke 2 on a 24 grid; at most 16 in the whole product, each always with a word beside it.
ICONS = {
    "alert": '<path d="M12 3.5 22 20.5H2z"/><path d="M12 10v4.5m0 3v.01"/>',
    "check": '<path d="M4 12.5 9.5 18 20 6.5"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.5l3.5 2"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "down": '<path d="M12 4v11m-5-4.5 5 5 5-5M4 20h16"/>',
    "half": '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13"/><path d="m3.5 6.5 8.5 7 8.5-7"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "minus": '<path d="M5 12h14"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "pen": '<path d="m4 20 1-4.5L16.5 4 20 7.5 8.5 19z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "ring": '<circle cx="12" cy="12" r="8.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4-6.5 8-6.5s7 1.5 8 6.5"/>',
}
# Each tone has its own shape, so that colour never speaks alone.
TONES = {"yes": "check", "part": "half", "wait": "clock", "no": "cross", "info": "ring", "quiet": "minus"}
SEATS = {
    "yes": ("yes", '<circle cx="14" cy="14" r="12"/><path class="tick" d="m8.5 14.5 4 4 7.5-8.5"/>'),
    "part": ("part", '<circle cx="14" cy="14" r="12"/><path class="in" d="M14 2v24a12 12 0 0 0 0-24z"/>'),
    "no": ("no", '<rect x="3" y="3" width="22" height="22" rx="2"/><path class="tick" d="m9 9 10 10M19 9 9 19"/>'),
    "abstain": ("quiet", '<circle cx="14" cy="14" r="12"/><path class="tick" d="M8.5 14h11"/>'),
    "recused": ("quiet", '<circle cx="14" cy="14" r="12"/><path class="tick" d="m6 22 16-16"/>'),
    "wait": ("wait", '<circle cx="14" cy="14" r="12"/>'),
    "seen": ("wait", '<circle cx="14" cy="14" r="12"/><circle class="dot" cx="14" cy="14" r="4"/>'),
    "gone": ("gone", '<circle cx="14" cy="14" r="12"/>'),
}


def _icon(name: str, classes: str = "icon") -> SafeString:
    return mark_safe(  # noqa: S308 - both parts are ours
        f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>'
    )


# The end of a cell or row, and the line breaks between one and the next.
CLOSING = re.compile(r"\s*</(?:td|th|tr)>\s*")
DRAWN = {name: _icon(name) for name in ICONS}
FLIPPED = {name: _icon(name, "icon icon-flip") for name in ICONS}

# The first that a browser's own description holds; several claim to be others too, so the order counts.
BROWSERS = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
SYSTEMS = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]


@register.simple_tag
def icon(name: str, *, flip: bool = False) -> SafeString:
    """An inline icon, hidden from screen readers: a word stands beside it. `flip` mirrors arrows in right-to-left."""
    return (FLIPPED if flip else DRAWN)[name]


@register.simple_tag
def status(tone: str, label: str, icon: str = "", *, plain: bool = False) -> SafeString:
    """Icon and word. Tones: yes, part, wait, no, info, quiet. `plain` for the normal state: no tint."""
    return format_html(
        '<span class="st{} st-{}">{}{}</span>', " st-plain" if plain else "", tone, DRAWN[icon or TONES[tone]], label
    )


@register.simple_tag
def name(text: str, language: str = "") -> SafeString:
    """A foreign name, kept apart from the direction of the text around it."""
    return format_html('<bdi lang="{}">{}</bdi>', language, text) if language else format_html("<bdi>{}</bdi>", text)


@register.simple_tag
def crumbs(*pairs: str) -> SafeString:
    """The way up: label, address, label, address …, without the page itself."""
    links = format_html_join("", '<li><a href="{1}">{0}</a></li>', zip(pairs[::2], pairs[1::2], strict=True))
    return format_html('<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', _("You are here"), links)


@register.simple_tag
def seat(kind: str) -> SafeString:
    """The disc of a seat: yes, part, no, abstain, recused, wait, gone. Its words stand beside it."""
    tone, shape = SEATS[kind]
    return mark_safe(  # noqa: S308 - both parts are ours
        f'<svg class="seat seat-{tone}" viewBox="0 0 28 28" aria-hidden="true">{shape}</svg>'
    )


@register.simple_tag
def seat_strip(kinds: list[str], label: str) -> SafeString:
    """All seats in one line, in seat order and reading direction; `label` says the same in words."""
    drawn = reversed(kinds) if get_language_bidi() else kinds  # a tick never mirrors, so the places do
    discs = "".join(
        f'<g class="seat seat-{SEATS[kind][0]}" transform="translate({32 * place} 0)">{SEATS[kind][1]}</g>'
        for place, kind in enumerate(drawn)
    )
    return format_html(
        '<svg class="strip-svg" viewBox="0 0 {} 28" role="img" aria-label="{}">{}</svg>',
        max(32 * len(kinds) - 4, 28),
        label,
        mark_safe(discs),  # noqa: S308 - made of the shapes above
    )


@register.simple_tag
def bar(part: int, whole: int, then: int = 0) -> SafeString:
    """A thin bar of `part`, and of `then` after it, for the eye only: the numbers stand beside it."""
    shares = [min(100, round(100 * end / whole)) if whole else 0 for end in (part, part + then)]
    return format_html(
        '<svg class="bar" aria-hidden="true"><rect class="bg" width="100%" height="100%"/>'
        '<rect class="then" width="{}%" height="100%"/><rect width="{}%" height="100%"/></svg>',
        shares[1],
        shares[0],
    )


@register.simple_block_tag
def lean_rows(content: str) -> SafeString:
    """The rows of a long table without the closing tags that HTML lets one leave out: a hundred rows are 3 kB lighter."""
    return mark_safe(CLOSING.sub("", content))  # noqa: S308 - as it was, escaped; within text there is no such tag


@register.filter
def problems(form: BaseForm) -> list[tuple[str, str]]:
    """What is to be put right, as (address within the page, sentence); the address of the form's own errors is empty."""
    own = [("", str(error)) for error in form.non_field_errors()]
    own += [("", str(error)) for field in form.hidden_fields() for error in field.errors]
    return own + [
        (_place(field), _("%(field)s: %(problem)s") % {"field": field.label, "problem": error})
        for field in form.visible_fields()
        for error in field.errors
    ]


def _place(field: BoundField) -> str:
    """A group of radios or checkboxes has no element with the field's own id: its first choice stands for it."""
    return f"#{field.id_for_label or f'{field.auto_id}_0'}"


@register.filter
def device(description: str) -> str:
    """What a browser calls itself, as people would: "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in description), _("A browser"))
    system = next((name for mark, name in SYSTEMS if mark in description), _("an unknown device"))
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
