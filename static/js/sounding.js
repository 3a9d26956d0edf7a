// What one hears and sees of the sound: the loudspeaker, its state on the page, and who is talking. Every sentence is
// already there, drawn by the server.
import * as microphone from "microphone";

const audio = new Audio(); // never in the page, so that changing pages does not cut it
let shown = { state: "off", why: "", text: "" };
let talking = [];

export const state = () => shown.state;

/** Play this stream, or the same one again. A browser may refuse until somebody clicks: then the state is "tap". */
export async function play(stream = audio.srcObject) {
  if (audio.srcObject !== stream) audio.srcObject = stream;
  try {
    await audio.play();
    show(microphone.problem() ? "no-microphone" : "on", microphone.problem());
  } catch (error) {
    if (error.name === "NotAllowedError") show("tap");
  }
}

export const hush = () => (audio.srcObject = null);

/** `why` picks among the [data-why] in [data-when="no-microphone"]; `text`, a sentence of the server's, replaces ours. */
export function show(state, why = "", text = "") {
  shown = { state, why, text };
  paint();
}

/** Put it on whatever page is there. Changes only what differs: the observer in sound.js sees it too. */
export function paint() {
  for (const place of document.querySelectorAll("[data-sound-state]")) {
    if (place.dataset.soundState !== shown.state) place.dataset.soundState = shown.state;
    const here = place.querySelector(`[data-when~="${shown.state}"]`);
    here?.querySelectorAll("[data-why]").forEach((reason) => (reason.hidden = reason.dataset.why !== shown.why));
    const words = here?.querySelector("[data-sound-text]");
    if (words && shown.text) write(words, shown.text);
  }
  paintTalking();
}

function paintTalking() {
  const seats = talking.map((id) => document.getElementById(`seat-${id}`)).filter(Boolean);
  for (const seat of document.querySelectorAll(".is-talking")) if (!seats.includes(seat)) seat.classList.remove("is-talking");
  for (const seat of seats) if (!seat.classList.contains("is-talking")) seat.classList.add("is-talking");
  const names = seats.map((seat) => seat.querySelector(".seat__name")?.textContent.trim()).filter(Boolean);
  for (const line of document.querySelectorAll("[data-talking-line]")) writeNames(line, names.join(", "));
}

/** data-one="Now speaking: {names}"; when nobody speaks, what the server wrote there. */
function writeNames(line, names) {
  line.dataset.quiet ??= line.textContent;
  write(line, names ? (line.dataset.one || "{names}").replace("{names}", () => names) : line.dataset.quiet);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

document.addEventListener("live:talking", ({ detail }) => {
  talking = detail.seats;
  paint();
});
