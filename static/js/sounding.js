// What the page shows of the sound: its state, and who is talking. Every sentence is already there, drawn by the server.
let shown = { state: "off", why: "", text: "" };
let talking = [];

export const state = () => shown.state;

/** `why` picks [data-when="no-microphone:refused"] and the like; `text` is a sentence of the server's. */
export function show(state, why = "", text = "") {
  shown = { state, why, text };
  paint();
}

/** Put it on whatever page is there. Changes only what differs: the observer in sound.js sees it too. */
export function paint() {
  for (const place of document.querySelectorAll("[data-sound-state]")) {
    place.dataset.soundState = shown.state;
    place.querySelectorAll("[data-when]").forEach((child) => (child.hidden = !fits(child.dataset.when.split(" "))));
    write(place.querySelectorAll("[data-sound-text]"), shown.text);
  }
  paintTalking();
}

const fits = (when) => when.includes(shown.state) || when.includes(`${shown.state}:${shown.why}`);

function paintTalking() {
  const seats = talking.map((id) => document.getElementById(`seat-${id}`)).filter(Boolean);
  for (const seat of document.querySelectorAll(".is-talking")) if (!seats.includes(seat)) seat.classList.remove("is-talking");
  for (const seat of seats) if (!seat.classList.contains("is-talking")) seat.classList.add("is-talking");
  const names = seats.map((seat) => seat.dataset.name).filter(Boolean);
  write(document.querySelectorAll("[data-talking-line]"), names.join(", "));
}

function write(elements, text) {
  for (const element of elements) if (element.textContent !== text) element.textContent = text;
}

document.addEventListener("live:talking", ({ detail }) => {
  talking = detail.seats;
  paint();
});
