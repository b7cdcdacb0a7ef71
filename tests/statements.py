"""How many SQL statements an answer takes, said in a header: for the bench and the audit."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


def count_statements(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: says in a header how many SQL statements the answer took."""

    def middleware(request: HttpRequest) -> HttpResponse:
        count = 0

        def one(execute: Any, *arguments: Any) -> Any:
            nonlocal count
            count += 1
            return execute(*arguments)

        with connection.execute_wrapper(one):
            response = get_response(request)
        response["X-Statements"] = str(count)
        return response

    return middleware
