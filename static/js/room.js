// What a room's page does by itself: its clock, whose seat is mine, invitations counted down, a muted title.
// Who is here and what one may do is drawn by the server.

const SECOND = 1000; // ms
const INVITATION = 60; // seconds it stands

const me = () => document.body.dataset.me;
const secondsSince = (moment) => Math.max(0, Math.floor((Date.now() - new Date(moment)) / SECOND));
const two = (number) => String(number).padStart(2, "0");
const announced = new Set();
let title = ""; // the page's own, while another stands there

/** 12:05, or 1:12:05 from an hour on. */
function clock(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  for (const live of document.querySelectorAll("[data-live-since]")) write(live, clock(secondsSince(live.dataset.liveSince)));
  for (const invited of document.querySelectorAll("[data-invited-at]")) {
    const left = Math.max(0, INVITATION - secondsSince(invited.dataset.invitedAt));
    for (const count of invited.querySelectorAll("[data-countdown]")) write(count, String(left));
  }
}

/** The same piece is drawn for everybody; here it becomes mine. */
function mark() {
  for (const seat of document.querySelectorAll(".seat")) seat.classList.toggle("is-me", seat.dataset.person === me());
}

/** Reads an invitation out at once, and each one only once. */
function announce() {
  for (const news of document.querySelectorAll("[data-announce][data-invited-at]")) {
    if (announced.has(news.dataset.invitedAt)) continue;
    announced.add(news.dataset.invitedAt);
    write(document.getElementById("alerts"), news.querySelector("h2").textContent);
  }
}

/** Silenced by a moderator: to be seen from another tab as well. */
function entitle() {
  const words = document.querySelector('[data-muted-by="moderator"]')?.dataset.mutedWords;
  if (words && !title) {
    title = document.title;
    document.title = `${words} · ${title}`;
    write(document.getElementById("alerts"), words);
  } else if (!words && title) {
    if (document.title.endsWith(title)) document.title = title;
    title = "";
  }
}

function look() {
  tick();
  mark();
  announce();
  entitle();
}

document.addEventListener("htmx:afterSettle", look);
document.addEventListener("pieces:applied", look);

// The page of a room that does not exist for me any more: nothing of it stays.
document.addEventListener("htmx:responseError", ({ detail }) => {
  const here = detail.pathInfo.finalRequestPath.split("?")[0] === location.pathname;
  if (here && detail.xhr.status === 404) location.reload();
});

setInterval(tick, SECOND);
look();
