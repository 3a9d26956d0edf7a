"""When something fails: what is answered, and what is written down."""

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

    monkeypatch.setattr("backchannel.inbox._kept", broken)
    answer = as_(ada, raise_request_exception=False).get("/backchannel/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer
    assert "the cause" not in answer.content.decode()


def test_asked_for_by_a_foreign_name_it_writes_one_line_each_time(as_, settings, caplog):
    settings.ALLOWED_HOSTS = ["talk.example.org"]
    for _ in range(2):
        assert as_().get("/", headers={"Host": "evil.example"}).status_code == 400
    assert caplog.text.count("\n") == 2
    assert caplog.text.count("evil.example") >= 2
