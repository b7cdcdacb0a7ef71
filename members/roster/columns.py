"""Which column is which? Our fields, and guesses from the names that columns have in several languages."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from members.keys import name_key

# What an import can read, in the order in which it is offered.
FIELDS = {
    "name": _("Name of the organisation"),
    "country": _("Country or scope"),
    "acronym": _("Acronym"),
    "scope": _("Scope"),
    "kind": _("Kind"),
    "category": _("Category of membership"),
    "status": _("Status of membership"),
    "since": _("Member since"),
    "website": _("Website"),
    "language": _("Language of the name"),
    "description": _("Description"),
    "note": _("Note for staff"),
}
# Names of columns by the beginning of their key; the first field that fits takes the column. The words stand for
# themselves: files come in the languages of their authors, whatever the reader's.
GUESSES = {
    "acronym": ["acronym", "abbreviation", "sigla", "sigle", "abreviatura", "kurzel", "abkurzung", "اختصار"],
    "website": ["web", "url", "homepage", "site", "sitio", "pagina web", "internet", "الموقع"],
    "category": ["category", "member type", "membership type", "categoria", "categorie", "kategorie", "فئة"],
    "kind": ["kind", "type", "tipo", "art der", "organisation type", "organization type", "نوع"],
    "status": ["status", "estado de", "statut", "state of membership"],
    "since": ["since", "member since", "joined", "desde", "depuis", "miembro desde", "membre depuis", "seit"],
    "scope": ["scope", "level", "ambito", "alcance", "portee", "reach"],
    "country": [
        "country",
        "pais",
        "pays",
        "land",
        "staat",
        "nation",
        "paese",
        "البلد",
        "الدولة",
        "страна",
        "国家",
        "国",
    ],
    "description": ["description", "descripcion", "beschreibung", "about", "mission", "وصف", "описание"],
    "note": ["note", "remark", "comment", "nota", "remarque", "bemerkung", "observacion", "ملاحظ"],
    "language": ["language", "lang", "idioma", "langue", "sprache", "اللغة"],
    "name": [
        "name",
        "organisation",
        "organization",
        "organizacion",
        "organizacao",
        "nombre",
        "nom",
        "member",
        "miembro",
        "membre",
        "signatory",
        "group",
        "nome",
        "org",
        "منظمة",
        "المنظمة",
        "الاسم",
        "организация",
        "название",
        "机构",
        "组织",
    ],
}
# Running numbers: never read as anything of ours, whatever their name begins with.
NUMBERS = {"no", "nr", "num", "n", "number", "numero", "id", "row", "s no", "sn", "no organisation"}


def guess(header: Iterable[str]) -> dict[str, int]:
    """{our field: column number from 0} as far as the names of the columns say; each field and column once."""
    found: dict[str, int] = {}
    for column, heading in enumerate(header):
        field = _field_named(name_key(heading), set(found))
        if field:
            found[field] = column
    return found


def _field_named(heading: str, taken: set[str]) -> str:
    if not heading or heading in NUMBERS:
        return ""
    fitting = (
        field
        for field, beginnings in GUESSES.items()
        if field not in taken and any(heading.startswith(beginning) for beginning in map(name_key, beginnings))
    )
    return next(fitting, "")
