// What was written and is not yet known to be kept: sent one after another for each conversation, however often with the
// same id, so that it becomes one message. It survives reloads, belongs to one person, and goes when nobody is logged in.
//
//   outbox:changed  detail {entry, state}: "pending", "unsent" (it may yet go by itself), "sent" or "discarded"

import { ask, settle } from "sending";

const MOST = 50; // messages that wait at once
const PAUSES = [1_000, 2_000, 4_000, 8_000]; // ms between tries; then it waits for a click or a new line

const sending = new Set(); // conversations with a message on its way
const timers = new Map(); // conversation → the one of its next try
const memory = new Map(); // id → an entry that this browser would not keep

// Each has a key of its own: tabs that write at the same time take nothing from each other.
const prefix = () => `outbox:${document.body.dataset.me}:`;
const change = (entry, state) => document.dispatchEvent(new CustomEvent("outbox:changed", { detail: { entry, state } }));

function find(id) {
  try {
    return memory.get(id) || JSON.parse(localStorage.getItem(prefix() + id));
  } catch {
    return null;
  }
}

/** All that waits, the oldest first. */
export function waiting() {
  const ids = new Set(memory.keys());
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(prefix())) ids.add(name.slice(prefix().length));
  } catch {
    // Forbidden: then there is only what this page knows.
  }
  return [...ids].map(find).filter(Boolean).sort((one, other) => one.turn - other.turn);
}

function keep(entry) {
  try {
    localStorage.setItem(prefix() + entry.id, JSON.stringify(entry));
    memory.delete(entry.id);
  } catch {
    memory.set(entry.id, entry); // Full or forbidden: then it lasts as long as this page.
  }
}

function forget(id) {
  memory.delete(id);
  try {
    localStorage.removeItem(prefix() + id);
  } catch {
    // Forbidden: then it is not there.
  }
}

/** Whether too many wait already. */
export const full = () => waiting().length >= MOST;

/** Takes a message on; `reply` is what it replies to, if anything: {to, by, words}; `files` go with it: [{id, name}]. */
export function post(conversation, address, body, reply = null, files = []) {
  take({ conversation, address, body, reply, files, tries: 0 }, "pending");
  retryAll();
}

/** Keeps what was being written in a conversation that is not there any more. */
export const strand = (conversation, address, body) => take({ conversation, address, body, refused: true, gone: true }, "unsent");

function take(about, state) {
  const turn = 1 + (waiting().at(-1)?.turn || 0);
  const entry = { id: uuid(), at: Date.now(), turn, ...about };
  keep(entry);
  change(entry, state);
}

/** A random UUID; crypto.randomUUID exists only behind https. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** The oldest goes first, and as long as it has not gone, none behind it: what one person writes keeps its order. */
function flush(conversation) {
  const entry = waiting().find((one) => one.conversation === conversation && !one.refused);
  clearTimeout(timers.get(conversation));
  if (!entry || entry.stopped || sending.has(conversation)) return;
  timers.set(conversation, setTimeout(deliver, Math.max(0, due(entry) - Date.now()), entry.id, conversation));
}

/** When it may go; at once, if the clock was put back since. */
const due = ({ next = 0, noted = 0 }) => (noted > Date.now() ? 0 : next);

async function deliver(id, conversation) {
  sending.add(conversation);
  const entry = find(id);
  if (entry) answered(entry, await ask(entry));
  sending.delete(conversation);
  flush(conversation);
}

function answered(entry, answer) {
  const { status = 0, wait = 0, text = "" } = answer || {};
  const pause = PAUSES[entry.tries];
  const next = Date.now() + (wait * 1000 || pause || 0);
  if (status >= 200 && status < 300) drop(entry.id, "sent");
  else if (status === 429) update(entry, { next: wait ? next : Date.now() + PAUSES[0] }, "pending");
  else if (answer && status < 500) update(entry, { refused: true, gone: status === 404, why: text }, "unsent");
  // Told when to come again, it does, and not in step with all the others.
  else if (wait) update(entry, { tries: 1, next: next + Math.random() * wait * 1000 }, "unsent");
  else update(entry, { tries: entry.tries + 1, next, stopped: !pause }, "unsent");
}

function update(entry, changes, state) {
  if (!find(entry.id)) return; // discarded, or kept after all, while it was on its way
  const now = { ...entry, ...changes, noted: Date.now() };
  keep(now);
  change(now, state);
}

/** Takes a message out, because it is kept by the server or no longer wanted. */
export function drop(id, state) {
  settle(id, { status: 200 });
  const entry = find(id);
  if (!entry) return;
  forget(id);
  change(entry, state);
  flush(entry.conversation);
}

/** Tries again at once. */
export function retry(id) {
  const entry = find(id);
  if (!entry) return;
  update(entry, { tries: 0, next: 0, stopped: false, refused: false, gone: false, why: "" }, "pending");
  flush(entry.conversation);
}

/** What was not refused may go now. */
function retryAll() {
  for (const entry of waiting()) if (!entry.refused && entry.tries) retry(entry.id);
  for (const { conversation } of waiting()) flush(conversation);
}

document.addEventListener("live:ack", ({ detail }) => drop(detail.client_id, "sent"));
document.addEventListener("live:open", retryAll);
addEventListener("online", retryAll);
document.addEventListener("pieces:applied", ({ detail }) => {
  for (const { id } of [...detail.added, ...detail.changed]) if (id.startsWith("m-")) drop(id.slice(2), "sent");
});

if (document.body.dataset.me) retryAll();
else for (const name of Object.keys(localStorage)) if (/^(outbox|draft):/.test(name)) localStorage.removeItem(name);
