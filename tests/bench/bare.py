"""The floor: what a list page costs on this machine when it does nothing for anybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines

from members.models import Organisation

PAGE = engines["django"].from_string("""<!doctype html><html lang="en"><head><title>Bare</title></head><body><table>
{% for organisation in organisations %}<tr><td>{{ organisation.name }}</td><td>{{ organisation.country }}</td></tr>
{% endfor %}</table></body></html>""")


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """25 rows of the same table on the same server, with no sign-in, no navigation and no rules."""
    rows = Organisation.objects.order_by("key", "id")[:25]
    return HttpResponse(PAGE.render({"organisations": rows}))
