// Puts what the server drew where it belongs, without moving what a person looks at, points at or has in focus.

const AT_END = 100; // px from the end of a log that still count as its end
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

const drawn = new WeakMap(); // element → how the server drew it, before scripts touched it
const unsorted = new Set(); // lists that wait for the pointer or the focus to leave
let views = new Map(); // scroller → what is to stay where it is

/** The elements of a piece. */
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const element of template.content.children) drawn.set(element, element.outerHTML);
  return [...template.content.children];
}

/** Runs work; afterwards focus and scroll are where they were. */
export function keepingPlaces(work) {
  const focus = focusNow();
  views = new Map();
  work();
  for (const [scroller, view] of views) restore(scroller, view);
  if (focus && !focus.element.isConnected) refocus(focus);
}

/** To be called before a list changes. */
export function watch(list) {
  const scroller = scrollerOf(list);
  if (views.has(scroller)) return;
  const top = scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top;
  const anchor = [...list.children].find((child) => child.id && child.getBoundingClientRect().bottom > top); // not what sticks
  views.set(scroller, {
    end: list.matches("[data-conversation]") && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END,
    anchor,
    top: anchor?.getBoundingClientRect().top,
    id: anchor?.id,
  });
}

function scrollerOf(element) {
  let at = element;
  while (at && !/auto|scroll/.test(getComputedStyle(at).overflowY)) at = at.parentElement;
  return at || document.scrollingElement;
}

function restore(scroller, { end, anchor, id, top }) {
  const now = anchor?.isConnected ? anchor : id && document.getElementById(id);
  if (end) scroller.scrollTop = scroller.scrollHeight;
  else if (now && scroller.scrollTop > 0) scroller.scrollTop += now.getBoundingClientRect().top - top;
}

function focusNow() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const owners = [];
  for (let at = element; at; at = at.parentElement)
    owners.push(at.id, at.nextElementSibling?.id, at.previousElementSibling?.id);
  const owner = element.closest("[id]");
  return { element, owners: owners.filter(Boolean), id: owner?.id, index: owner && reachable(owner).indexOf(element) };
}

const reachable = (owner) => [owner, ...owner.querySelectorAll(FOCUSABLE)].filter((one) => one.matches(FOCUSABLE));

/** To the same control if it was drawn anew, otherwise to the nearest thing that is still there. */
function refocus({ owners, id, index }) {
  const same = id && document.getElementById(id);
  const near = owners.map((owner) => document.getElementById(owner)).find((element) => element && reachable(element)[0]);
  const target = (same && reachable(same)[index]) || (same && reachable(same)[0]) || (near && reachable(near)[0]);
  target?.focus({ preventScroll: true });
}

/** Makes old what fresh is, if that is newer and different. The element stays the same one; returns whether it changed. */
export function renew(old, fresh) {
  const both = old.dataset.changed && fresh.dataset.changed;
  if (both && Number(fresh.dataset.changed) <= Number(old.dataset.changed)) return false;
  if ((drawn.get(old) ?? old.outerHTML) === drawn.get(fresh)) return false;
  watch(old.parentElement);
  drawn.set(old, drawn.get(fresh));
  const gone = old.getAttributeNames().filter((name) => !fresh.hasAttribute(name) && name !== "tabindex"); // with it goes the focus
  for (const name of gone) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  old.replaceChildren(...fresh.childNodes);
  return true;
}

/** A message, by its number, among those that have one; what has none yet stays at the end. */
export function insertMessage(list, fresh) {
  const before = [...list.querySelectorAll(":scope > [data-seq]")];
  const previous = before.findLast((one) => one !== fresh && Number(one.dataset.seq) < Number(fresh.dataset.seq));
  watch(list);
  if (previous) previous.after(fresh);
  else if (before.length) before[0].before(fresh);
  else list.insertBefore(fresh, list.querySelector(":scope > .pending"));
}

/** An element of an ordered list; one that is already there moves only if nobody is busy with the list. */
export function insertOrdered(list, element) {
  if (element.parentElement === list) {
    if (!misplaced(element)) return;
    if (busy(list)) {
      unsorted.add(list);
      return;
    }
  }
  watch(list);
  const others = ordered(list).filter((one) => one !== element);
  const previous = others.findLast((one) => inOrder(one, element) <= 0);
  if (previous) previous.after(element);
  else list.insertBefore(element, others[0] || null);
}

const ordered = (list) => [...list.children].filter((one) => one.dataset.order);

const busy = (list) => list.matches(":hover") || list.contains(document.activeElement);

function misplaced(element) {
  const [previous, next] = [element.previousElementSibling, element.nextElementSibling];
  return (
    Boolean(previous?.dataset.order && inOrder(previous, element) > 0) ||
    Boolean(next?.dataset.order && inOrder(element, next) > 0)
  );
}

function inOrder({ dataset: { order: one } }, { dataset: { order: two } }) {
  if (one !== "" && two !== "" && !isNaN(one) && !isNaN(two)) return one - two;
  return one < two ? -1 : one > two ? 1 : 0;
}

function sortWaiting() {
  for (const list of unsorted) {
    if (list.isConnected && busy(list)) continue;
    unsorted.delete(list);
    keepingPlaces(() => sort(list));
  }
}

function sort(list) {
  const elements = ordered(list);
  watch(list);
  elements.toSorted(inOrder).forEach((element, index) => {
    const now = ordered(list)[index];
    if (now !== element) now.before(element);
  });
}

for (const event of ["pointerout", "pointerdown", "focusout"])
  document.addEventListener(event, () => unsorted.size && setTimeout(sortWaiting));
