"""PUBLIC_URL makes a production run: nothing of the demo, no sample secret, nothing over plain http."""

PUBLIC = "https://talk.example.org"


def test_production_never_makes_the_demo(new_house):
    house = new_house(PUBLIC_URL=PUBLIC, TRUSTED_PROXIES="1")
    assert house.launch("--demo").wait(30) == 2
    assert "not with PUBLIC_URL" in house.said()


def test_production_starts_without_demo_and_without_asking(new_house):
    house = new_house(PUBLIC_URL=PUBLIC, TRUSTED_PROXIES="1")
    house.launch()
    house.wait_said(f"Backchannel is at {PUBLIC}/")
    assert f"{PUBLIC}/operator/" in house.wait_said("once: ")
    assert house.sql("SELECT count(*) FROM accounts_person") == [(0,)]


def test_a_start_on_a_wrong_setting_is_refused_with_its_cure(new_house):
    house = new_house(PUBLIC_URL=PUBLIC, SECRET_KEY="insecure-change-me-insecure-change-me")
    assert house.launch("--no-demo").wait(30) == 2
    assert "SECRET_KEY is a sample or too short" in house.said()
    assert "HINT: Leave SECRET_KEY out" in house.said()
    assert "Traceback" not in house.said()


def test_another_host_has_no_demo_and_says_what_browsers_want(new_house):
    house = new_house(HOST="0.0.0.0")
    assert house.launch("--demo").wait(30) == 2
    house.start()
    assert "Browsers give microphones only to https or localhost" in house.said()
    assert house.sql("SELECT count(*) FROM accounts_person") == [(0,)]
