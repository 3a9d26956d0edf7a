// Sound, held across pages. Who may speak is the server's business; what it wants from this page stands on the room's
// controls, or on the mini player: data-want-sound="yes", data-room, data-role, data-muted, data-tab.
import { again, answer, connect, connected, forget, hangUp, line, quieten, use, waiting } from "call";
import { send } from "live";
import * as microphone from "microphone";
import { paint, play, show } from "sounding";
import { tab } from "tab";

const LATER = 20000; // ms until we knock again where there was no place
const GONE = 300; // ms without controls until we believe it: swaps take a moment

let room = ""; // the one looked at last
let halted = ""; // the room in which this tab shall be silent
let taking = false; // a click in this tab asked for the sound
let mine = false; // the sound has been in this tab
let leaving = null;

const wanted = () => document.querySelector('[data-want-sound="yes"]')?.dataset;

/** Compare what is wanted with what there is. */
function look() {
  paint();
  const now = wanted();
  if (!now) {
    leaving ||= setTimeout(leave, GONE);
    return;
  }
  leaving = clearTimeout(leaving);
  const unmuted = microphone.mute(now.muted !== "no");
  if (room !== now.room) hangUp(); // and forget what the other room's sound was waiting for
  room = now.room;
  if (line()?.publish && now.role === "listener") quieten();
  const speaks = now.role !== "listener";
  if (line() ? speaks && (!line().publish || (unmuted && microphone.problem())) : !waiting()) begin();
}

function begin() {
  const now = wanted();
  if (!now || halted === now.room) return;
  if (!mine && !taking && now.tab && now.tab !== tab()) halt("elsewhere");
  else connect(now.room, now.role !== "listener");
}

use({
  retry: begin,
  offer: (room, sdp) => send({ type: "sound.offer", room, sdp, take: taking }),
  connected() {
    [mine, taking] = [true, false];
    look();
  },
});

function halt(state) {
  hangUp();
  halted = wanted()?.room || halted;
  mine = taking = false;
  show(state);
}

/** No room on this page any more. Before there was one, nothing is left: who just joined still waits for the answer. */
function leave() {
  leaving = null;
  if (wanted() || !room) return;
  if (line()) send({ type: "sound.leave", room: line().room });
  halt("off");
  halted = room = "";
}

const orders = {
  answer({ sdp }) {
    answer(sdp);
    if (!sdp) again();
  },
  refused({ text }) {
    answer(null);
    show("refused", "", text);
    again(LATER);
  },
  rejoin: begin,
  stop: () => halt("off"),
};

// "elsewhere" names the tab that has the sound now; every other frame, if it names one, is for that tab alone.
document.addEventListener("live:sound", ({ detail }) => {
  const here = !detail.tab || detail.tab === tab();
  if (detail.do === "elsewhere") (!detail.tab || !here) && halt("elsewhere");
  else if (here) orders[detail.do]?.(detail);
});

document.addEventListener("live:open", () => {
  forget();
  if (!connected()) begin();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-sound-tap]")) play();
  if (!event.target.closest("[data-sound-take]")) return;
  take();
  begin();
});

document.addEventListener("submit", (event) => event.target.matches("[data-join]") && take());

/** A click: from now on the sound is to be in this tab. */
function take() {
  [taking, halted] = [true, ""];
  if (!connected()) hangUp();
}

const attributeFilter = ["data-want-sound", "data-room", "data-role", "data-muted"];
new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter });
look();
