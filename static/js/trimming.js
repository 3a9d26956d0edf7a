// Of a long conversation three hundred messages stand in the page: the last ones for whoever is at its end, those around
// him for who reads further up. What is not there comes back as one scrolls to where it was.
import { arrangeAll, arrangeAround } from "arranging";

const MOST = 300; // messages
const AT_END = 100; // px
const NEAR_END = 200; // px from the end of what is here at which what is later is fetched

const toEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight;
const messagesOf = (list) => [...list.querySelectorAll(":scope > [data-seq]")];
const busy = (messages) => messages.some((one) => one.contains(document.activeElement) || one.querySelector("[open]"));

/** Takes out what stands on one side of a message: the links and words of the list itself stay. */
function cut(message, side) {
  for (let one = message[side], next; one; one = next) {
    next = one[side];
    if (one.matches(".message, .day, .new")) one.remove();
  }
}

function cutStart(list) {
  const messages = messagesOf(list);
  const first = messages.at(-MOST);
  if (messages.length <= MOST || busy(messages.slice(0, -MOST))) return false;
  cut(first, "previousElementSibling");
  const [link] = copies(list, "earlier", first.dataset.seq);
  list.querySelector(":scope > [data-older]")?.remove();
  first.before(link);
  htmx.process(link);
  arrangeAround([first]);
  return true;
}

function cutEnd(list) {
  const messages = messagesOf(list);
  if (messages.length <= MOST || toEnd(list) < AT_END || busy(messages.slice(MOST))) return;
  if (list.querySelector(":scope > .pending")) return; // one's own words on their way
  cut(messages[MOST - 1], "nextElementSibling");
  offerNewer(list, messages[MOST - 1].dataset.seq);
}

function offerNewer(list, seq) {
  list.dataset.until = seq;
  list.querySelectorAll(":scope > :is([data-newer], [data-newest])").forEach((one) => one.remove());
  const links = copies(list, "rest", seq);
  list.append(...links);
  links.forEach((one) => htmx.process(one));
}

/** The links that wait in a template, leading to what stands before or after this message. */
function copies(list, template, seq) {
  const links = [...list.parentElement.querySelector(`template[data-${template}]`).content.cloneNode(true).children];
  for (const link of links)
    for (const name of ["href", "hx-get"])
      link.getAttribute(name) && link.setAttribute(name, link.getAttribute(name).replace(/(before|after|unread)=0/, `$1=${seq}`));
  return links;
}

const swapped = (name, work) =>
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.matches?.(`[data-${name}]`) && detail.shouldSwap) work(detail.target.closest("[data-conversation]"));
  });

swapped("older", (list) => queueMicrotask(() => cutEnd(list)));

// What is later comes in below; what one looks at stays where it is.
swapped("newer", (list) => {
  const last = messagesOf(list).at(-1);
  const top = last.getBoundingClientRect().top;
  queueMicrotask(() => {
    arrangeAll(list);
    joinOn(list, Number(last.dataset.seq));
    cutStart(list);
    list.scrollTop += last.getBoundingClientRect().top - top;
  });
});

/** Whether this was the rest of it. What was written while that was on its way was not shown, and is asked for. */
function joinOn(list, before) {
  const last = Number(messagesOf(list).at(-1).dataset.seq);
  if (list.querySelector(":scope > [data-newer]")) list.dataset.until = last;
  else if (last > before && Number(list.dataset.missed || 0) > last) offerNewer(list, last);
  else {
    delete list.dataset.until;
    delete list.dataset.missed;
    list.querySelector(":scope > [data-newest]")?.remove();
  }
}

const fetchNewer = (list) => toEnd(list) < NEAR_END && list.querySelector(":scope > [data-newer]:not(.htmx-request)")?.click();
const scrolled = ({ target }) => target.matches?.("[data-conversation]") && fetchNewer(target);
document.addEventListener("scroll", scrolled, { capture: true, passive: true });

function trim() {
  for (const list of document.querySelectorAll("[data-conversation][data-head]"))
    if (toEnd(list) < AT_END && cutStart(list)) list.scrollTop = list.scrollHeight;
}

document.addEventListener("pieces:applied", trim);
trim();
