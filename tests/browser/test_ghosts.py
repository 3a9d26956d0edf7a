"""Nobody hears or is heard who is not in the room: not even with a page of his own making that refuses to stop."""

import pytest

from tests.browser.acts import (
    a_frequency,
    come_on_stage,
    end_room,
    falls_silent,
    hears,
    hears_among_others,
    join,
    on_menu_of,
    packets_in,
    press,
    seat_of,
    start_room,
    stays_silent,
)


@pytest.fixture
def voice():
    return a_frequency(440)


@pytest.fixture
def scene(person, voice):
    """ada moderates; bob, whose page obeys nothing, speaks aloud; cleo listens."""
    ada, cleo = person("ada", tone=440), person("cleo")
    bob = person("bob", tone=voice, stubborn=True, fresh=True)
    address = start_room(ada)
    press(ada, "Unmute")
    join(bob, address)
    join(cleo, address)
    come_on_stage(ada, bob, "Bob")
    press(bob, "Unmute")
    hears(ada, voice)
    hears_among_others(cleo, voice)
    assert packets_in(bob, 1) > 20
    bob.evaluate("window.deaf = true")
    return ada, bob, cleo, address


def assert_gone(scene, voice):
    """From a second after: not a packet to him, his tone heard by nobody, in no list.

    Nobody else makes a sound then: the cracks of another tone sound at every frequency.
    """
    ada, bob, cleo, _ = scene
    ada.evaluate("tone.on(false)")
    bob.wait_for_timeout(1000)
    assert packets_in(bob, 3) == 0
    for page in (ada, cleo):
        if page.locator("#people").count():
            stays_silent(page, voice, 0.5)
            assert seat_of(page, "Bob").count() == 0


def assert_does_not_come_back(scene, voice, complaints):
    """Neither by a reload, a second tab, nor by what was said before said again over the old socket."""
    ada, bob, cleo, address = scene
    complaints.expect("404|WebSocket|Failed to load")
    replay_offer(bob)
    second = bob.context.new_page()
    second.goto(address)
    assert second.locator("#controls[data-role]").count() == 0
    bob.evaluate("window.deaf = false")
    bob.goto(address)
    assert bob.locator("#controls[data-role]").count() == 0
    bob.wait_for_timeout(500)
    for page in (ada, cleo):
        stays_silent(page, voice, 1)
    assert packets_in(bob, 1) == 0


def replay_offer(page):
    page.evaluate(
        """() => {
            const sdp = heard.connections.at(-1).localDescription.sdp;
            const room = document.querySelector("#controls").dataset.room;
            if (socket.readyState === 1) socket.send(JSON.stringify({type: "sound.offer", room, sdp, take: true}));
        }"""
    )


def test_after_removal(scene, voice, complaints):
    on_menu_of(scene[0], "Bob", "Remove from room")
    assert_gone(scene, voice)
    assert_does_not_come_back(scene, voice, complaints)


# As the demo people are.
FORGIVEN = """
from accounts.models import Block, Person
Block.objects.all().delete()
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
ada.follow(bob)
bob.follow(ada)
"""


@pytest.mark.full
def test_after_a_block_by_the_host(scene, voice, complaints, house):
    on_menu_of(scene[0], "Bob", "Block")
    try:
        assert_gone(scene, voice)
        assert_does_not_come_back(scene, voice, complaints)
    finally:
        house.run(FORGIVEN)


@pytest.mark.full
def test_after_the_end_of_the_room(scene, voice, complaints):
    end_room(scene[0])
    assert_gone(scene, voice)


@pytest.mark.full
def test_after_logging_out(scene, voice, complaints, person):
    """By the plain button, while bob is logged in on another device, which is somewhere else in the house."""
    _, bob, _, _ = scene
    elsewhere = person("bob", fresh=True)
    elsewhere.goto("/settings/")
    cookies = bob.context.cookies()
    other_tab = bob.context.new_page()
    other_tab.goto("/accounts/logout/")
    other_tab.locator("main").get_by_role("button", name="Log out").click()
    other_tab.wait_for_url("**/")
    assert_gone(scene, voice)
    bob.context.add_cookies(cookies)
    assert_does_not_come_back(scene, voice, complaints)


@pytest.mark.full
def test_after_logging_out_everywhere(scene, voice, logins):
    _, bob, _, _ = scene
    logins.pop("bob", None)
    other_tab = bob.context.new_page()
    other_tab.goto("/settings/")
    other_tab.get_by_role("button", name="Log out everywhere").click()
    assert_gone(scene, voice)


@pytest.mark.full
def test_after_suspension_from_the_admin(scene, voice, complaints, person, house):
    mo = person("mo")
    mo.goto("/admin/accounts/person/")
    mo.locator("tr", has_text="bob").locator("input.action-select").check()
    mo.locator("select[name=action]").select_option(label="Suspend")
    mo.get_by_role("button", name="Go").click()
    mo.locator("[name=reason]").fill("The test asks for it.")
    mo.locator("main, #content").get_by_role("button", name="Suspend").click()
    try:
        assert_gone(scene, voice)
        assert_does_not_come_back(scene, voice, complaints)
    finally:
        house.run("from accounts.models import Person; Person.objects.update(suspended_until=None)")


@pytest.mark.full
def test_a_muted_page_cannot_unmute_itself(scene, voice, complaints):
    complaints.expect("422")
    ada, bob, cleo, _ = scene
    on_menu_of(ada, "Bob", "Mute Bob")
    ada.evaluate("tone.on(false)")  # its cracks on a busy machine sound at every frequency
    for page in (ada, cleo):  # each has a buffer of its own; how fast a mute is, test_sound proves
        falls_silent(page, voice)
    replay_offer(bob)
    room = bob.evaluate("document.querySelector('#controls').dataset.room")
    bob.evaluate(
        """async (room) => {
            const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
            await fetch(`/rooms/${room}/microphone/`, {method: "POST", headers: {"X-CSRFToken": token},
                body: new URLSearchParams({muted: "no"})});
            for (const frame of [{type: "sound.offer", room, sdp: "x", take: true, muted: false}, {type: "beat", muted: false},
                {type: "sound.unmute", room}]) if (socket.readyState === 1) socket.send(JSON.stringify(frame));
        }""",
        room,
    )
    stays_silent(ada, voice, 2)
    stays_silent(cleo, voice, 1)
    ada.evaluate("tone.on(true)")
    hears(cleo, 440)  # whose ears are still open


@pytest.mark.full
def test_a_listener_who_sends_is_not_heard(person, voice):
    ada, cleo = person("ada", tone=440), person("cleo")
    dan = person("dan", tone=voice, stubborn=True)
    address = start_room(ada)
    join(cleo, address)
    join(dan, address)
    dan.evaluate(
        """async () => {
            const line = new RTCPeerConnection();
            const stream = await navigator.mediaDevices.getUserMedia({audio: true});
            line.addTransceiver(stream.getAudioTracks()[0], {direction: "sendrecv"});
            await line.setLocalDescription(await line.createOffer());
            await new Promise((done) => setTimeout(done, 1000));
            const room = document.querySelector("#controls").dataset.room;
            socket.addEventListener("message", async ({data}) => {
                const frame = JSON.parse(data);
                if (frame.type === "sound" && frame.do === "answer") {
                    const sdp = frame.sdp.replace("a=sendonly", "a=sendrecv");
                    await line.setRemoteDescription({type: "answer", sdp});
                }
            });
            socket.send(JSON.stringify({type: "sound.offer", room, sdp: line.localDescription.sdp, take: true}));
        }"""
    )
    stays_silent(ada, voice, 2)
    stays_silent(cleo, voice, 2)
