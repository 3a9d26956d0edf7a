"""Without its database the house says so, and that it is worth trying again."""

import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db


def gone(execute, sql, params, many, context):
    raise OperationalError("the server closed the connection unexpectedly")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_f5_it_asks_to_try_again_and_tells_nothing_else(as_, ada, headers):
    client = as_(ada, raise_request_exception=False)
    with connection.execute_wrapper(gone):
        answer = client.get("/backchannel/", headers=headers)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "try again" in answer.content.decode()
    assert "closed the connection" not in answer.content.decode()
    assert client.get("/backchannel/").status_code == 200


def test_any_other_failure_is_a_plain_page_without_its_cause(as_, ada, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("the cause")

    monkeypatch.setattr("backchannel.views.conversations.inbox_of", broken)
    answer = as_(ada, raise_request_exception=False).get("/backchannel/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer
    assert "the cause" not in answer.content.decode()
