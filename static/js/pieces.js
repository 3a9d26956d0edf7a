// Frames become elements: all that arrived since the last picture of the screen at once, in their order.
//
//   message  goes into the list [data-conversation=…][data-head], ordered by data-seq
//   piece    its elements renew those of the same id, or go into the list data-into, ordered by data-order
//   reload   that list is fetched from its data-address
//   heads    see holes.js
//
// Afterwards `pieces:applied` tells which elements are new, which are others than before, which are gone, and which are
// new, but stand in a part of a list that is not in the page.
import { count, find, fits, log, redraw, settle } from "holes";
import { elements, insertMessage, insertOrdered, keepingPlaces, renew, watch } from "places";

const HIDDEN = 250; // ms; a page that is not painted gets no animation frames

const draw = { message, piece, reload: ({ list }) => redraw(list), heads: settle };
let frames = [];
let held = []; // pieces of lists that miss an earlier one
let changes;

for (const type of Object.keys(draw))
  document.addEventListener(`live:${type}`, ({ detail }) => {
    frames.push(detail);
    if (frames.length === 1) soon(apply);
  });

function soon(work) {
  let done = false;
  const once = () => done || ((done = true), work());
  requestAnimationFrame(once);
  setTimeout(once, HIDDEN);
}

function apply() {
  const batch = frames;
  frames = [];
  changes = { added: [], changed: [], removed: [], missed: [] };
  keepingPlaces(() => batch.forEach((frame) => draw[frame.type](frame)));
  for (const element of [...changes.added, ...changes.changed]) htmx.process(element);
  document.dispatchEvent(new CustomEvent("pieces:applied", { detail: changes }));
}

function message(frame) {
  const list = log(frame.conversation);
  if (!list) document.dispatchEvent(new CustomEvent("live:unseen", { detail: frame }));
  else for (const fresh of elements(frame.html)) putMessage(list, fresh);
  count(frame.conversation, frame.number);
}

function putMessage(list, fresh) {
  const old = ofSameAuthor(list, fresh);
  if (old?.dataset.seq) return change(old, fresh);
  // Older than all that is shown and known: it belongs to a part of the history that is not loaded.
  const first = list.querySelector(":scope > [data-seq]");
  const seq = Number(fresh.dataset.seq);
  if (!old && first && seq < Number(first.dataset.seq) && seq <= Number(list.dataset.head)) return;
  // Later than what is shown of a part of the history that has more after it.
  if (!old && seq > Number(list.dataset.until || Infinity)) return miss(list, fresh, seq);
  watch(list);
  insertMessage(list, fresh);
  old?.remove();
  (old ? changes.changed : changes.added).push(fresh);
}

function miss(list, fresh, seq) {
  if (seq <= Number(list.dataset.missed || 0)) return; // told before
  if (seq === Number(fresh.dataset.changed)) changes.missed.push([list, fresh]);
  list.dataset.missed = seq;
}

/** The element that this one is a newer state of: same id, and the author's own, or somebody could overwrite it. */
function ofSameAuthor(list, fresh) {
  return [...list.querySelectorAll(`[id="${CSS.escape(fresh.id)}"]`)].find(
    (old) => !old.dataset.author || old.dataset.author === fresh.dataset.author,
  );
}

function piece(frame) {
  const list = find(frame.list);
  if (fits(frame.list, frame.version)) {
    elements(frame.html || "").forEach(put);
    (frame.gone || []).forEach(takeOut);
    if (frame.version !== null && find(frame.list)) find(frame.list).dataset.version = frame.version;
    retryHeld(frame.list);
  } else if (list && frame.version > Number(list.dataset.version)) {
    held.push(frame);
  }
}

function retryHeld(name) {
  const mine = held.filter((frame) => frame.list === name);
  held = held.filter((frame) => frame.list !== name);
  mine.forEach(piece);
}

function put(fresh) {
  const old = fresh.id && document.getElementById(fresh.id);
  const into = fresh.dataset.into && document.getElementById(fresh.dataset.into);
  if (fresh.dataset.into && !into) return old && takeOut(fresh.id);
  if (old) change(old, fresh);
  if (into) insertOrdered(into, old || fresh);
  if (!old && into) changes.added.push(fresh);
}

function change(old, fresh) {
  // What is being written there is not taken away: that it is of yesterday will be said when it is saved.
  if (old.matches(".message--editing")) tellEditor(fresh);
  else if (renew(old, fresh)) changes.changed.push(old);
}

const tellEditor = (fresh) => document.dispatchEvent(new CustomEvent("message:overtaken", { detail: fresh }));

function takeOut(id) {
  const old = document.getElementById(id);
  if (!old) return;
  watch(old.parentElement);
  old.remove();
  changes.removed.push(old);
}
