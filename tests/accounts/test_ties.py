"""Following and blocking."""

import pytest

YES, NO = {"on": "yes"}, {"on": "no"}


def test_follow_and_unfollow(as_, ada, bob):
    browser = as_(bob)
    assert browser.post("/@ada/follow/", YES).url == "/@ada/"
    browser.post("/@ada/follow/", YES)
    assert bob.is_following(ada)
    assert not ada.is_following(bob)
    browser.post("/@ada/follow/", NO)
    assert not bob.is_following(ada)


def test_htmx_gets_the_buttons_as_they_are_now(as_, ada, bob, htmx):
    piece = as_(bob).post("/@ada/follow/", YES, headers=htmx).content.decode()
    assert "Unfollow" in piece
    assert "<html" not in piece


def test_a_boosted_form_gets_a_page(as_, ada, bob, htmx):
    answer = as_(bob).post("/@ada/follow/", YES, headers={**htmx, "HX-Boosted": "true"})
    assert answer.status_code == 303


def test_nobody_follows_himself(as_, ada):
    as_(ada).post("/@ada/follow/", YES)
    assert not ada.is_following(ada)


def test_block_makes_both_vanish_and_ends_following(as_, ada, bob, cleo):
    ada.follow(bob)
    bob.follow(ada)
    assert as_(ada).post("/@bob/block/", YES).url == "/settings/"
    assert not ada.is_following(bob)
    assert not bob.is_following(ada)
    assert as_(bob).get("/@ada/").status_code == 404
    assert as_(ada).get("/@bob/").status_code == 404
    assert as_(cleo).get("/@bob/").status_code == 200


def test_what_can_be_undone_here_is_said_here_and_on_no_later_page(as_, ada, bob, htmx):
    browser = as_(ada)
    said = "You blocked"
    assert said in browser.post("/@bob/block/", YES, follow=True).content.decode()
    browser.post("/@bob/block/", NO, follow=True)
    browser.post("/@bob/block/", YES, headers=htmx)
    assert said not in browser.get("/").content.decode()


def test_the_blocker_can_take_it_back_from_his_settings(as_, ada, bob):
    browser = as_(ada)
    browser.post("/@bob/block/", YES)
    assert "/@bob/block/" in browser.get("/settings/").content.decode()
    browser.post("/@bob/block/", NO)
    assert as_(bob).get("/@ada/").status_code == 200
    assert "/@bob/block/" not in browser.get("/settings/").content.decode()


def test_w8_for_the_blocked_the_blocker_is_absent_here_too(as_, ada, bob):
    ada.block(bob)
    browser = as_(bob)
    for what in ("follow", "block"):
        for on in (YES, NO):
            assert browser.post(f"/@ada/{what}/", on).status_code == 404
            assert browser.post(f"/@nobody/{what}/", on).status_code == 404
    assert not bob.is_following(ada)


def test_the_blocked_cannot_undo_it(as_, ada, bob):
    ada.block(bob)
    as_(bob).post("/@ada/block/", NO)
    assert ada.is_blocking(bob)


def test_both_may_block_each_other_and_one_take_it_back(as_, ada, bob):
    ada.block(bob)
    bob.block(ada)
    as_(bob).post("/@ada/block/", NO)
    assert not bob.is_blocking(ada)
    assert ada.is_blocking(bob)


@pytest.mark.parametrize("what", ["follow", "block"])
class TestWhatIsRefused:
    def test_looking_changes_nothing(self, as_, ada, bob, what):
        assert as_(bob).get(f"/@ada/{what}/", YES).status_code == 405

    def test_strangers(self, as_, ada, what):
        assert as_().post(f"/@ada/{what}/", YES).url.startswith("/accounts/login/")

    @pytest.mark.parametrize("said", [{}, {"on": ""}, {"on": "maybe"}])
    def test_neither_yes_nor_no(self, as_, ada, bob, what, said):
        assert as_(bob).post(f"/@ada/{what}/", said).status_code == 404
        assert not bob.is_following(ada)
        assert not bob.is_blocking(ada)

    def test_w10_for_somebody_else(self, as_, ada, bob, cleo, what):
        as_(bob).post(f"/@ada/{what}/", {**YES, "follower": cleo.pk, "blocker": cleo.pk, "person": cleo.pk})
        assert not cleo.is_following(ada)
        assert not cleo.is_blocking(ada)

    @pytest.mark.usefixtures("the_clock_stands")
    def test_too_often(self, as_, ada, bob, what):
        browser = as_(bob)
        answers = [browser.post("/@ada/follow/", YES if n % 2 else NO).status_code for n in range(31)]
        assert answers[-1] == 429
        assert browser.post(f"/@ada/{what}/", YES).status_code == 429
