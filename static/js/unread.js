// What one has not read: noted once it was in sight for a moment, counted on tabs that are not open and in the inbox.
import { state } from "live";

const IN_SIGHT = 1_000; // ms
const ON_ITS_WAY = 5_000; // ms a page takes at most to come
const GATHER = 500; // ms in which several changes of the inbox become one question

let renewing = null; // from the first change until the answer
let due = false; // it changed since it was asked for
// The line broke, or was not yet open when the list was drawn: what was said meanwhile did not arrive.
let away = Boolean(document.getElementById("inbox"));
let changed = 0; // when the server last said so

const logs = () => document.querySelectorAll("[data-reading]");
const newest = (list) => Number([...list.querySelectorAll(":scope > [data-seq]")].at(-1)?.dataset.seq || 0);
const inSight = (list) =>
  list.checkVisibility() && document.hasFocus() && !document.hidden && list.scrollHeight - list.scrollTop - list.clientHeight < 100;

setInterval(() => {
  if (state() !== "open") return;
  for (const list of logs()) if (!("held" in list.dataset) && newest(list) > Number(list.dataset.read) && inSight(list)) note(list, newest(list));
}, IN_SIGHT);

function note(list, seq) {
  if (list.dataset.seen !== String(seq)) {
    list.dataset.seen = seq; // still there when we look again, it is read
    return;
  }
  const before = list.dataset.read;
  list.dataset.read = seq;
  const unheard = () => (list.dataset.read = before); // and noted again when there is a line
  htmx.ajax("POST", list.dataset.reading, { source: list, swap: "none", values: { seq } }).catch(unheard);
}

// The inbox, or elsewhere its badge, asks again when the server says that it changed.
document.addEventListener("live:reload", ({ detail }) => detail.list === "inbox" && [(changed = Date.now()), renewSoon()]);
// A page that was on its way then may have been drawn before.
document.addEventListener("htmx:afterSettle", ({ target }) => target === document.body && Date.now() - changed < ON_ITS_WAY && renewSoon());
document.addEventListener("live:lost", () => (away = true));
document.addEventListener("live:open", () => away && renewSoon());

export function renewSoon() {
  due = true;
  renewing ??= setTimeout(renew, GATHER);
}

async function renew() {
  [due, away] = [false, false];
  const shown = document.getElementById("inbox") || document.getElementById("unread");
  try {
    if (shown) await htmx.ajax("GET", shown.dataset.address, { source: shown, target: shown, swap: "outerHTML" });
  } catch {
    away = true;
  }
  renewing = null;
  if (due) renewSoon();
  count();
}

const unread = () => Number(document.getElementById("unread")?.dataset.unread || 0);

/** The tab's name counts as the badge does. */
function count() {
  document.title = (unread() ? `(${unread()}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  markIcon();
}

let marked = null; // what the icon says, where the page is installed like a program

function markIcon() {
  const known = document.getElementById("unread") || !document.body.dataset.me; // a bare page of an error says nothing
  if (!known || unread() === marked || !navigator.setAppBadge) return;
  marked = unread();
  (marked ? navigator.setAppBadge(marked) : navigator.clearAppBadge()).catch(() => (marked = null));
}

document.addEventListener("htmx:afterSettle", markIcon);
markIcon();

// Tabs: what comes in while they are closed.
document.addEventListener("live:unseen", ({ detail }) => {
  const badge = document.querySelector(`[data-of="${CSS.escape(detail.conversation)}"]`);
  const message = new DOMParser().parseFromString(detail.html, "text/html").querySelector("[data-seq]")?.dataset;
  if (badge && message && message.seq === message.changed && message.author !== document.body.dataset.me) add(badge, 1);
});

// On a phone the whole panel may be closed: its button counts.
document.addEventListener("pieces:applied", ({ detail }) => {
  const badge = document.querySelector("[data-panel-badge]");
  const hidden = detail.added.filter((one) => one.matches(".message:not(.mine)") && !one.checkVisibility());
  if (badge && hidden.length) add(badge, hidden.length);
});

function add(badge, count) {
  badge.textContent = Number(badge.textContent || 0) + count;
}
