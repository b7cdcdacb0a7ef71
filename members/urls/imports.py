from django.urls import URLPattern, path

from members.views import import_decisions, imports

urlpatterns: list[URLPattern] = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_upload, name="import_upload"),
    path("imports/<uuid:pk>/", imports.import_detail, name="import"),
    path("imports/<uuid:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<uuid:pk>/report.csv", imports.import_report, name="import_report"),
    path("imports/<uuid:pk>/rows/<int:line>/", import_decisions.import_row, name="import_row"),
    path("imports/<uuid:pk>/decide/", import_decisions.import_decide, name="import_decide"),
    path("imports/<uuid:pk>/places/", import_decisions.import_places, name="import_places"),
    path("imports/<uuid:pk>/apply/", import_decisions.import_apply, name="import_apply"),
    path("imports/<uuid:pk>/discard/", import_decisions.import_discard, name="import_discard"),
]
