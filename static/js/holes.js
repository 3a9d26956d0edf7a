// Every conversation counts its changes without a gap, every list of a room has a version. Here is noticed what did
// not arrive, and asked for: a hole in a conversation by one `resume`, a hole in a list by drawing that list again.
import { ask } from "live";

const PATIENCE = 200; // ms until a hole is one, and not just another order
const ANSWER = 5_000; // ms until a question is taken for lost
const AGAIN = 3_000; // ms until a list that could not be drawn is tried again

const latest = new Map(); // conversation or list → the highest number heard of
let beyond = new WeakMap(); // a conversation's list, as it was drawn → numbers that came after a hole in it
const timers = new Map();
const drawing = new Set(); // lists on their way
let asked = []; // what we told about this page, until it is answered
let askedAt = 0;

const waiting = () => asked.length > 0 && Date.now() - askedAt < ANSWER;
const note = (name, number) => latest.set(name, Math.max(number, latest.get(name) || 0));
const find = (name) => document.querySelector(`[data-list="${CSS.escape(name)}"]`);
const log = (id) => document.querySelector(`[data-conversation="${CSS.escape(id)}"][data-head]`);

export { find, log };

/** Takes note of a conversation's number; the page's cursor goes as far as there is no hole. */
export function count(id, number) {
  note(id, number);
  const list = log(id);
  if (list && number > Number(list.dataset.head)) {
    if (!beyond.has(list)) beyond.set(list, new Set());
    beyond.get(list).add(number);
    advance(id, list);
  }
}

function advance(id, list) {
  const came = beyond.get(list) || new Set();
  let head = Number(list.dataset.head);
  for (const number of came) if (number <= head) came.delete(number);
  while (came.delete(head + 1)) head++;
  list.dataset.head = head;
  if (came.size) later(id, askForMore);
}

function later(name, work) {
  if (!timers.has(name)) timers.set(name, setTimeout(() => [timers.delete(name), work(name)], PATIENCE));
}

function askForMore(id) {
  const list = log(id);
  if (!list || !beyond.get(list)?.size || drawing.has(`conversation:${id}`)) return;
  if (waiting()) later(id, askForMore);
  else ask();
}

/** Whether a piece of this version may be drawn now: not if it is older, not if one before it is missing. */
export function fits(name, version) {
  if (version === null) return true;
  note(name, version);
  const list = find(name);
  const shown = list && Number(list.dataset.version);
  if (list && version > shown + 1) later(name, () => behind(name) && redraw(name));
  return Boolean(list) && version >= shown && version <= shown + 1;
}

const behind = (name) => latest.get(name) > Number(find(name)?.dataset.version);

/** Fetches a list ("room:…", "conversation:…") anew from its own address. */
export async function redraw(name) {
  const id = name.startsWith("conversation:") && name.slice(13);
  const list = find(name) || (id ? log(id) : null);
  if (!list?.dataset.address || drawing.has(name)) return;
  const select = id ? `[data-conversation="${CSS.escape(id)}"]` : `[data-list="${CSS.escape(name)}"]`;
  drawing.add(name);
  try {
    await htmx.ajax("GET", list.dataset.address, { source: list, target: list, swap: "outerHTML", select });
  } catch {
    // The line broke: it stands there as it was.
  }
  drawing.delete(name);
  if (list.isConnected) setTimeout(redraw, AGAIN, name);
}

/** The server's answer to what we told: everything up to these numbers has arrived before it. */
export function settle({ conversations, versions }) {
  const told = asked.shift() || { cursors: {}, versions: {} };
  for (const [id, head] of Object.entries(conversations)) {
    const list = log(id);
    if (!list || drawing.has(`conversation:${id}`)) continue;
    // A server that knows less than it did was restored from a backup.
    if (head < told.cursors[id]) redraw(`conversation:${id}`);
    // Drawn anew since, as it was before we told: what lies between was not sent again.
    else if (told.cursors[id] > Number(list.dataset.head)) note(id, head);
    else if (head > Number(list.dataset.head)) list.dataset.head = head;
    advance(id, list);
  }
  catchUp();
  queueMicrotask(() => compare(versions, told.versions)); // seen.js numbers its lists when all of this has been drawn
}

function compare(versions, told) {
  for (const [name, version] of Object.entries(versions)) {
    if (version < told[name]) latest.delete(name);
    if (version < told[name] || version > Number(find(name)?.dataset.version)) redraw(name);
  }
}

document.addEventListener("live:asked", ({ detail }) => {
  if (!waiting()) asked = [];
  asked.push(detail);
  askedAt = Date.now();
});
document.addEventListener("live:lost", () => {
  asked = [];
  beyond = new WeakMap();
});
/** What came while a part of the page was under way is not in it. */
function catchUp() {
  if (!stale()) return;
  if (waiting()) later("stale", catchUp);
  else ask();
}

const stale = () =>
  [...document.querySelectorAll("[data-conversation][data-head]")].some(
    (list) => latest.get(list.dataset.conversation) > Number(list.dataset.head) && !beyond.get(list)?.size,
  );

document.addEventListener("htmx:afterSettle", () => {
  catchUp();
  for (const { dataset } of document.querySelectorAll("[data-list][data-version]"))
    if (behind(dataset.list)) later(dataset.list, () => behind(dataset.list) && redraw(dataset.list));
});
