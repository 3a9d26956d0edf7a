import pytest

from accounts.models import Person

FIELDS = {
    "name": "Bob",
    "bio": "",
    "messages_from": "everyone",
    "theme": "auto",
    "time_zone": "",
}


def save(browser, **changes):
    return browser.post("/settings/", {**FIELDS, **changes})


def test_saving(as_, bob):
    browser = as_(bob)
    answer = save(
        browser,
        name="Robert",
        bio="One\r\n\r\n\r\n\r\ntwo",
        messages_from="nobody",
        theme="dark",
        time_zone="Europe/Rome",
        show_nomination="on",
    )
    assert answer.url == "/settings/"
    bob.refresh_from_db()
    assert (bob.name, bob.bio, bob.messages_from, bob.theme) == ("Robert", "One\n\ntwo", "nobody", "dark")
    assert bob.show_nomination
    assert 'data-theme="dark"' in browser.get("/settings/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "\u200b"},
        {"name": "x" * 51},
        {"bio": "x" * 501},
        {"messages_from": "friends"},
        {"theme": "pink"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
    ],
)
def test_what_will_not_do(as_, bob, wrong):
    answer = save(as_(bob), **wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert Person.objects.get().name == "Bob"


def test_a_refused_form_does_not_rename_the_page_around_it(as_, bob):
    answer = save(as_(bob), name="Mallory", theme="pink")
    assert answer.context["request"].user.name == "Bob"


@pytest.mark.parametrize("size", [64 * 1024])
def test_a_flood_of_text_is_refused_plainly(as_, bob, size):
    assert save(as_(bob), bio="\u202e" + "a" * size, name="z" * size).status_code == 422


def test_w10_only_what_the_form_shows(as_, bob, cleo):
    before = Person.objects.get(pk=bob.pk)
    save(
        as_(bob),
        is_staff="on",
        is_superuser="on",
        username="root",
        email="x@example.org",
        password="x",
        id=cleo.pk,
        pk=cleo.pk,
        nominated_by=cleo.pk,
        suspended_until="2099-01-01",
        groups="1",
        photo="photos/other.webp",
        created_at="2000-01-01",
    )
    after = Person.objects.get(pk=bob.pk)
    untouched = [
        "is_staff",
        "is_superuser",
        "username",
        "email",
        "password",
        "nominated_by_id",
        "suspended_until",
        "photo",
        "created_at",
    ]
    assert [getattr(after, name) for name in untouched] == [getattr(before, name) for name in untouched]
    assert Person.objects.get(pk=cleo.pk).name == "Cleo"


@pytest.mark.parametrize("name", ["receipts", "presence"])
def test_what_others_know_of_one_is_ones_own_choice(as_, bob, name):
    browser = as_(bob)
    assert f'name="{name}"' in browser.get("/settings/").content.decode() and getattr(bob, name)
    for value, shown in (({}, False), ({name: "on"}, True)):
        save(browser, **value)
        bob.refresh_from_db()
        assert getattr(bob, name) == shown


def test_strangers_have_no_settings(as_, db):
    assert as_().get("/settings/").url.startswith("/accounts/login/")
    assert save(as_()).url.startswith("/accounts/login/")


def test_only_get_and_post(as_, bob):
    assert as_(bob).delete("/settings/").status_code == 405


def test_times_are_shown_in_my_zone(as_, bob):
    from django.utils import timezone

    from accounts.middleware import OwnTimeAndLanguage

    seen = {}
    bob.time_zone = "Pacific/Auckland"
    middleware = OwnTimeAndLanguage(lambda request: seen.update(zone=timezone.get_current_timezone_name()))
    middleware(type("Request", (), {"user": bob})())
    assert seen == {"zone": "Pacific/Auckland"}
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_zone_that_this_machine_does_not_know_is_no_accident(as_, bob):
    bob.time_zone = "Mars/Olympus"
    bob.save()
    assert as_(bob).get("/settings/").status_code == 200


def test_a_language_that_is_no_longer_offered_is_no_accident(as_, bob):
    bob.language = "xx"
    bob.save()
    assert as_(bob).get("/settings/").status_code == 200
