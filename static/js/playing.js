// Sound in messages: one at a time is heard, and shows how far it is.

const STEP = 5; // seconds that an arrow key leads forth or back

const sound = new Audio();
let playing = null; // the address of what is heard

const buttonOf = () => playing && document.querySelector(`[data-play="${CSS.escape(playing)}"]`);
const inWords = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Plays what this button stands for, or pauses it. */
export function toggle(button) {
  if (playing !== button.dataset.play) {
    stop();
    playing = sound.src = button.dataset.play;
  }
  if (sound.paused) sound.play().catch(() => stop());
  else sound.pause();
}

function stop() {
  sound.pause();
  paint(0);
  playing = null;
}

function paint(at = sound.currentTime) {
  const button = buttonOf();
  if (!button) return;
  const player = button.closest(".file--sound");
  const wave = player.querySelector("svg.sound__wave");
  if (!wave.querySelector(".sound__played")) {
    const played = wave.querySelector("path").cloneNode();
    played.classList.add("sound__played");
    wave.append(played);
  }
  const length = sound.duration || 0;
  wave.style.setProperty("--left", `${length ? 100 - (100 * at) / length : 100}%`);
  player.querySelector("[data-time]").textContent = inWords(at || length);
  button.setAttribute("aria-pressed", String(!sound.paused));
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, sound.paused ? "#play" : "#pause"));
}

for (const name of ["play", "pause", "timeupdate", "durationchange"]) sound.addEventListener(name, () => paint());
sound.addEventListener("ended", () => [(sound.currentTime = 0), paint(0)]);
document.addEventListener("pieces:applied", () => playing && (buttonOf() ? paint() : stop()));

document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
  if (!by || !playing || event.target !== buttonOf()) return;
  event.preventDefault();
  sound.currentTime = Math.max(0, Math.min(sound.duration || 0, sound.currentTime + by));
});

document.addEventListener("click", (event) => {
  const wave = event.target.closest?.("svg.sound__wave");
  if (!wave || wave.closest(".file--sound").querySelector("[data-play]") !== buttonOf()) return;
  const { left, width } = wave.getBoundingClientRect();
  sound.currentTime = ((event.clientX - left) / width) * (sound.duration || 0);
});
