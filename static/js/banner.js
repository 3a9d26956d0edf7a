// One line for the whole app about the connection. Its texts are in the page ([data-when]); it never blocks typing.

const RECONNECTING = 3_000; // ms
const OFFLINE = 10_000;

let timers = [];
let updated = false;

const show = (state) => {
  const banner = document.getElementById("banner");
  if (banner) banner.dataset.state = state;
};

function lost() {
  if (timers.length) return;
  timers = [setTimeout(show, RECONNECTING, "reconnecting"), setTimeout(show, OFFLINE, "offline")];
}

function back() {
  timers.forEach(clearTimeout);
  timers = [];
  show(updated ? "updated" : "");
}

document.addEventListener("live:lost", ({ detail }) => !detail.final && lost());
document.addEventListener("live:welcome", ({ detail }) => {
  updated = Boolean(detail.build && document.body.dataset.build && detail.build !== document.body.dataset.build);
  back();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-reload]")) return;
  event.preventDefault();
  location.reload();
});
