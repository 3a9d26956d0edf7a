import pytest


def page(browser, username, **more):
    return browser.get(f"/@{username}/", **more)


def test_a_profile_shows_who_somebody_is(as_, ada, bob, cleo):
    ada.bio = "I talk.\nAnd I listen."
    ada.save()
    bob.follow(ada)
    ada.follow(cleo)
    shown = page(as_(bob), "ada").content.decode()
    assert "I talk.<br>And I listen." in shown
    assert "Unfollow" in shown
    assert "<strong>1</strong> follower" in shown


def test_by_a_username_in_any_case(as_, ada, bob):
    assert page(as_(bob), "ADA").status_code == 200


def test_i4_addresses_are_never_in_it(as_, ada, bob, make_person):
    eve = make_person("eve", nominated_by=ada)
    for person in (ada, eve):
        assert b"@example.org" not in page(as_(bob), person.username).content


def test_who_invited_whom_is_shown_when_both_agree(as_, ada, bob, make_person):
    eve = make_person("eve", nominated_by=ada)
    seen = []
    for of_ada, of_eve in ((False, False), (True, False), (False, True), (True, True)):
        ada.show_nomination, eve.show_nomination = of_ada, of_eve
        ada.save()
        eve.save()
        seen.append("Invited by" in page(as_(bob), "eve").content.decode())
    assert seen == [False, False, False, True]


def test_but_not_to_somebody_the_inviter_has_blocked(as_, ada, bob, make_person):
    ada.show_nomination = True
    ada.save()
    make_person("eve", nominated_by=ada, show_nomination=True)
    ada.block(bob)
    assert "Invited by" not in page(as_(bob), "eve").content.decode()


def test_w8_blocked_and_absent_answer_alike(as_, ada, bob, cleo):
    ada.block(bob)
    blocked, absent = page(as_(bob), "ada"), page(as_(bob), "nobody")
    assert (blocked.status_code, absent.status_code) == (404, 404)
    assert _without_tokens(blocked) == _without_tokens(absent)
    assert page(as_(ada), "bob").status_code == 404
    assert page(as_(cleo), "ada").status_code == 200


def _without_tokens(answer):
    import re

    return re.sub(
        r'nonce="[^"]*"|X-CSRFToken": "[^"]*"|csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode()
    )


def test_suspended_and_closed_accounts_are_absent(as_, ada, bob, cleo, operator):
    ada.suspend(operator, "Shouting")
    bob.is_active = False
    bob.save()
    assert page(as_(cleo), "ada").status_code == 404
    assert page(as_(cleo), "bob").status_code == 404


def test_a_stranger_is_sent_to_the_log_in_whether_it_exists_or_not(as_, ada):
    answers = [page(as_(), username) for username in ("ada", "nobody")]
    assert [answer.status_code for answer in answers] == [302, 302]


def test_a_profile_is_looked_at_not_posted_to(as_, ada, bob):
    assert as_(bob).post("/@ada/").status_code == 405


@pytest.mark.usefixtures("the_clock_stands")
def test_i4_a_crawler_is_stopped_within_sixty(as_, bob, ada):
    browser = as_(bob)
    answers = [page(browser, f"guess{n}").status_code for n in range(60)]
    assert 429 in answers
    stopped = page(browser, "ada")
    assert stopped.status_code == 429
    assert int(stopped["Retry-After"]) > 0
    assert page(browser, "bob").status_code == 200


def test_and_nobody_else_with_him(as_, bob, ada, cleo):
    browser = as_(bob)
    for n in range(60):
        page(browser, f"guess{n}")
    assert page(as_(cleo), "ada").status_code == 200


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "</title><script>x</script>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_bios_are_only_text(as_, ada, bob, text):
    ada.name, ada.bio = text[:50], text
    ada.save()
    ada.follow(bob)
    shown = page(as_(bob), "ada").content.decode()
    assert text not in shown.replace("{{ 7*7 }}", "")
    assert "<img src=x" not in shown
    assert "<script>" not in shown
    assert ">49<" not in shown


def test_as_many_queries_for_many_followers_as_for_few(as_, ada, bob, make_person, django_assert_max_num_queries):
    for n in range(12):
        make_person(f"fan{n}").follow(ada)
    browser = as_(bob)
    with django_assert_max_num_queries(13):
        page(browser, "ada")


def test_the_staff_finds_the_console_on_its_own_page_and_nobody_else_does(as_, mo, bob):
    assert 'href="/admin/"' in as_(mo).get("/@mo/").content.decode()
    for browser, address in ((as_(bob), "/@bob/"), (as_(bob), "/@mo/"), (as_(mo), "/@bob/")):
        assert "/admin/" not in browser.get(address).content.decode()
