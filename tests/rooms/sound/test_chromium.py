"""Real browsers against the mixer, with our own sound.js."""

import asyncio

import pytest

from rooms.sound.mixer import ice
from tests.rooms.sound.pages import chromium
from tests.rooms.sound.peers import Studio, until

pytestmark = [pytest.mark.browser, pytest.mark.alike]


async def test_a_listener_hears_without_ever_being_asked_for_a_microphone():
    async with Studio() as studio, chromium(studio) as tab:
        await studio.enter("bob", 440)
        cleo = await tab()
        await cleo.page.click("text=Join and listen")
        await cleo.want()
        await cleo.state("on")
        before = await cleo.seen("packets()")
        peak = await cleo.seen("peak()")
        await asyncio.sleep(1.6)
        assert abs(peak["hz"] - 440) < 8 and peak["db"] > -45
        assert 80 < await cleo.seen("packets()") - before < 120  # two seconds
        assert await cleo.seen("asked") == 0
        assert ".local" in cleo.offers[0]["sdp"]  # the browser hides its addresses, and it does not matter
        assert await cleo.page.is_visible("text=You hear the room.")


async def test_loopback_alone_carries_sound(monkeypatch):
    monkeypatch.setattr(ice, "own_addresses", lambda: ["127.0.0.1"])
    async with Studio() as studio, chromium(studio) as tab:
        cleo = await tab()
        await cleo.page.click("text=Join and listen")
        await cleo.want()
        await cleo.state("on")


async def test_where_nobody_clicked_a_button_waits_to_be_tapped():
    async with Studio() as studio, chromium(studio) as tab:
        cleo = await tab(path="/wanted")
        await cleo.connected()
        await asyncio.sleep(0.5)
        await cleo.state("tap")
        await cleo.page.click("text=Tap to hear")
        await cleo.state("on")


async def test_coming_on_stage_opens_the_microphone_and_going_back_closes_it():
    async with Studio() as studio, chromium(studio) as tab:
        ada, bob = await studio.enter("ada"), await tab(["microphone"])
        await bob.page.click("text=Join and listen")
        await bob.want()
        await bob.state("on")
        await bob.want(role="speaker", muted="no")
        await until(lambda: studio.events("talking"), 8)  # the fake microphone beeps
        await until(lambda: ada.loud() > -50, 8)
        assert await bob.seen("asked") == 1 and len(bob.offers) == 2
        await bob.want(role="listener")
        await until(lambda: studio.events("talking")[-1]["sessions"] == [], 8)
        assert await bob.page.evaluate("seen.lines.at(-1).getSenders()[0].track") is None
        await bob.state("on")


@pytest.mark.full
async def test_without_a_microphone_he_is_told_so_and_still_hears():
    async with Studio() as studio, chromium(studio) as tab:
        await studio.enter("ada", 440)
        bob = await tab()  # the browser refuses: nobody granted it
        await bob.page.click("text=Join and listen")
        await bob.want(role="speaker")
        await bob.state("no-microphone")
        assert await bob.page.is_visible("text=Allow the microphone.")
        assert abs((await bob.seen("peak()"))["hz"] - 440) < 8
        await bob.page.context.grant_permissions(["microphone"])
        await bob.want(muted="no")  # he allowed it and pressed Unmute
        await bob.state("on")
        await until(lambda: studio.events("talking")[-1]["sessions"] == ["ada", bob.session], 8)


@pytest.mark.full
async def test_it_comes_back_when_told_to_and_stays_silent_when_told_to():
    async with Studio() as studio, chromium(studio) as tab:
        cleo = await tab()
        await cleo.page.click("text=Join and listen")
        await asyncio.sleep(0.6)  # the house takes its time to answer
        await cleo.want()
        await cleo.state("on")
        studio.do("cut", session=cleo.session)
        await cleo.frame(do="rejoin")
        await cleo.connected()
        await cleo.state("on")
        await cleo.frame(do="elsewhere", tab="another")
        await cleo.state("elsewhere")
        await cleo.want(room="room", muted="no")  # something on the page changes: still silent
        assert len(cleo.offers) == 2
        await cleo.page.click("text=Listen here")
        await cleo.state("on")
        assert [offer["take"] for offer in cleo.offers] == [True, False, True]
        await cleo.page.evaluate("document.getElementById('controls').remove()")
        await cleo.state("off")
        assert cleo.left


@pytest.mark.full
async def test_a_refusal_is_shown_and_not_repeated_at_once():
    async with Studio() as studio, chromium(studio) as tab:
        cleo = await tab()
        cleo.refusal = "The sound of this room is full."
        await cleo.page.click("text=Join and listen")
        await cleo.want()
        await cleo.state("refused")
        assert await cleo.page.is_visible("text=The sound of this room is full.")
        await cleo.want(muted="no")
        await asyncio.sleep(0.5)
        assert len(cleo.offers) == 1


@pytest.mark.full
async def test_who_talks_is_marked():
    async with Studio() as studio, chromium(studio) as tab:
        cleo = await tab()
        talk = "seats => document.dispatchEvent(new CustomEvent('live:talking', {detail: {room: 'room', seats}}))"
        await cleo.page.evaluate(talk, ["ada"])
        assert await cleo.page.get_attribute("#seat-ada", "class") == "is-talking"
        assert await cleo.page.inner_text("[data-talking-line]") == "Now speaking: Ada"
        await cleo.page.evaluate(talk, [])
        assert await cleo.page.get_attribute("#seat-ada", "class") == ""
        assert await cleo.page.inner_text("[data-talking-line]") == "Quiet"
