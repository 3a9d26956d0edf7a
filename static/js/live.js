// One socket per tab, for as long as its pages are somebody's. Everybody else listens on document:
//
//   live:<type>     a frame of the server; detail is the frame (types: live/frames.py)
//   live:open       connected; hello has been said
//   live:lost       the line broke; detail {code, final}. Unless final it comes back by itself
//   live:asked      this page told where it is; detail {cursors, versions}. The answer ends with live:heads
//   live:unseen     a message for a conversation that is not on this page (from pieces.js); detail is the frame
//   pieces:applied  what changed on the page (from pieces.js); detail {added, changed, removed}: elements
//
// Where this page is, stands in the page: [data-conversation][data-head] and [data-list][data-version].

import { tab } from "tab";

const LOGGED_OUT = 4401;
const FINAL = [LOGGED_OUT, 4403, 4404]; // live/codes.py
const TOO_MANY_TABS = 4409; // tried again when this tab is looked at
const LONGEST = 10_000; // ms between two tries
const STABLE = 10_000; // ms a line must hold before the next break counts as the first
const OPENING = 15_000; // ms a new line has to come up
const SILENCE = 30_000; // ms without a frame until the line is taken for dead
const DOUBT = 5_000; // ms a doubtful line has to prove itself
const SPREAD = 3_000; // ms within which all pages ask, when all are told to

let socket = null;
let attempts = 0;
let opened = 0;
let heard = 0;
let said = 0;
let ticked = Date.now();
let beat = 20_000;
let spread = 1_000; // ms within which all pages of this house come back, as its welcome told
let timer = null;
let ended = false; // a final code
let parked = false; // too many tabs
let leaving = false; // this page is on its way to another one

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const listOf = (conversation) => document.querySelector(`[data-conversation="${CSS.escape(conversation)}"][data-head]`);
const numbers = (selector, key, value) =>
  Object.fromEntries([...document.querySelectorAll(selector)].map(({ dataset }) => [dataset[key], Number(dataset[value])]));

/** "open", "connecting", "lost" (it will be tried again) or "ended". */
export const state = () => (ended ? "ended" : socket?.readyState === 1 ? "open" : socket ? "connecting" : "lost");

/** The newest message of each conversation that this page shows: whether the server knows it tells whether it is still
 *  the one we know, or one that was restored from a backup. */
function newest() {
  const lists = [...document.querySelectorAll("[data-conversation][data-head]")];
  const last = lists.map((list) => [list, [...list.querySelectorAll(":scope > [data-seq]")].at(-1)]).filter(([, one]) => one);
  return Object.fromEntries(last.map(([list, { id, dataset }]) => [list.dataset.conversation, [Number(dataset.seq), id.slice(2)]]));
}

/** The number up to which this page knows everything of a conversation; undefined if it does not show it. */
export const cursorOf = (conversation) => listOf(conversation) && Number(listOf(conversation).dataset.head);

/** Whether the frame left. */
export function send(frame) {
  if (state() !== "open") return false;
  socket.send(JSON.stringify(frame));
  return true;
}

/** Tells where this page is, so that the server sends what it lacks. */
export function ask(type = "resume") {
  const where = {
    cursors: numbers("[data-conversation][data-head]", "conversation", "head"),
    versions: numbers("[data-list][data-version]", "list", "version"),
  };
  if (!send({ type, ...where, ...(type === "hello" && { tab: tab(), newest: newest() }) })) return;
  said = Date.now();
  tell("live:asked", where);
}

function connect() {
  clearTimeout(timer);
  timer = null;
  if (socket || ended || parked || !document.body.dataset.live) return;
  socket = new WebSocket(new URL(document.body.dataset.live, location.href.replace(/^http/, "ws").split("#")[0]));
  heard = Date.now();
  socket.onopen = () => {
    opened = heard = Date.now();
    ask("hello");
    tell("live:open");
  };
  socket.onmessage = ({ data }) => {
    heard = Date.now();
    // One frame, or several that belong together.
    for (const frame of [JSON.parse(data)].flat()) tell(`live:${frame.type}`, frame);
  };
  socket.onclose = ({ code }) => lost(code);
}

function lost(code) {
  socket = null;
  if (opened && Date.now() - opened > STABLE) attempts = 0;
  opened = 0;
  ended = FINAL.includes(code);
  parked = code === TOO_MANY_TABS;
  tell("live:lost", { code, final: ended });
  if (code === LOGGED_OUT) toTheDoor();
  else if (!ended) timer = setTimeout(connect, Math.random() * Math.min(LONGEST, spread * 2 ** attempts++));
}

/** The server answers a reload with the log-in page; if it does not, once is enough. Whoever just pressed "Log out" is on
 *  his way already. */
function toTheDoor() {
  if (leaving || Date.now() - sessionStorage.getItem("cut") < STABLE) return;
  sessionStorage.setItem("cut", Date.now());
  location.reload();
}

function drop() {
  const dead = socket;
  dead.onopen = dead.onmessage = dead.onclose = null;
  dead.close();
  lost(0);
}

setInterval(() => {
  const now = Date.now();
  const jumped = now - ticked > DOUBT || now < ticked; // this tab slept, or the clock was set: silence says nothing
  ticked = now;
  if (jumped) doubt();
  else if (socket && ticked - heard > (opened ? SILENCE : OPENING)) drop();
  else if (state() === "open" && ticked - said >= beat) ask("beat");
}, 1000);

/** Asks for a sign of life, to be given soon. */
function doubt() {
  if (heard > Date.now()) heard = 0;
  heard = Math.max(heard, Date.now() - SILENCE + DOUBT);
  ask("beat");
}

function wake() {
  if (document.hidden) return;
  parked = false;
  if (!socket) connect();
  else if (Date.now() - heard > DOUBT) doubt();
}

window.addEventListener("beforeunload", () => (leaving = true));
document.addEventListener("visibilitychange", wake);
for (const event of ["online", "focus", "pageshow"]) window.addEventListener(event, wake);
document.addEventListener("live:beat", () => ask("beat"));
document.addEventListener("live:resync", () => setTimeout(() => ask(), Math.random() * SPREAD));
document.addEventListener("live:welcome", ({ detail }) => ([beat, spread] = [detail.beat * 1000, detail.spread * 1000]));
// A new page in the same tab: what happened while it was drawn?
for (const event of ["htmx:afterSettle", "htmx:historyRestore"])
  document.addEventListener(event, ({ target }) => {
    if (target === document.body) [connect(), ask()];
  });

connect();
