import pytest


@pytest.fixture
def sign_up(as_):
    """sign_up(browser=…, username="eve", …) → the answer to the sign-up form, filled in sensibly."""

    def fill_in(browser=None, **answers):
        username = answers.get("username", "eve")
        filled = {
            "name": "Eve",
            "username": username,
            "email": f"{username}@example.org",
            "password1": "a long enough one",
            **answers,
        }
        return (browser or as_()).post("/accounts/signup/", filled)

    return fill_in


@pytest.fixture
def invite_only(db):
    from accounts.models import Site

    site = Site.current()
    site.registration = Site.Registration.INVITE
    site.save()


@pytest.fixture
def htmx():
    """Headers of a request by htmx for a piece of a page."""
    return {"HX-Request": "true"}


@pytest.fixture
def operator(make_person):
    return make_person("olga", is_staff=True, is_superuser=True)
