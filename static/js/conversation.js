// Where one reads in a conversation: at its end one stays there; further up nothing moves, and a button counts what came.
import { arrangeAll, arrangeAround, isMessage } from "arranging";
import "announcer";
import "composer";
import "echoes";
import { keepingPlaces, watch } from "places";
import "replying";
import "unread";

const AT_END = 100; // px from the end that still count as the end
const NEAR_TOP = 200; // px from the beginning at which what was earlier is fetched

const placed = new WeakSet(); // lists that stand where they should
const ended = new WeakSet(); // of these, those that were left at their end
// A keyboard comes up, the text box grows, the small player appears: whoever read the end still does.
const sizes = new ResizeObserver((lists) => {
  for (const { target: list } of lists) if (ended.has(list)) list.scrollTop = list.scrollHeight;
});

const logs = () => [...document.querySelectorAll("[data-conversation][data-head]")];
const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < AT_END;
const pill = (list) => list.parentElement.querySelector("[data-jump]");

/** A list that was just drawn. */
function place(list) {
  arrangeAll(list);
  if (placed.has(list)) return;
  placed.add(list);
  const found = list.querySelector(":scope > .message--found");
  if (found) found.scrollIntoView({ block: "center" });
  else [(list.scrollTop = list.scrollHeight), ended.add(list)];
  sizes.observe(list);
  list.addEventListener("scroll", scrolled, { passive: true });
}

function scrolled({ currentTarget: list }) {
  if (!list.isConnected) return; // another page is here by now, and a link that nobody sees would lead away from it
  if (atEnd(list) && !list.dataset.until) [ended.add(list), forgetNews(list)];
  else ended.delete(list);
  const older = list.querySelector(":scope > [data-older]:not(.htmx-request)");
  if (older && list.scrollTop < NEAR_TOP) older.click();
}

document.addEventListener("pieces:applied", ({ detail }) => {
  const now = new Set(logs().filter(atEnd));
  // What is arranged anew has another height than what just came: further up, that moves nothing either.
  keepingPlaces(() => {
    for (const list of logs()) if (!now.has(list)) watch(list);
    arrangeAround([...detail.added, ...detail.changed]);
  });
  for (const list of logs())
    if (now.has(list) && !list.dataset.until) list.scrollTop = list.scrollHeight;
    else countNews(list, [...detail.added.filter((one) => one.parentElement === list), ...missedIn(list, detail)]);
});

const missedIn = (list, { missed }) => missed.filter(([of]) => of === list).map(([, fresh]) => fresh);
const isMine = ({ dataset }) => dataset.author === document.body.dataset.me;

function countNews(list, added) {
  const news = added.filter((one) => isMessage(one) && !isMine(one) && !one.matches(".message--event"));
  if (!news.length) return;
  const button = pill(list);
  const count = Number(button.dataset.n || 0) + news.length;
  const words = count === 1 ? button.dataset.one : button.dataset.many.replace("{n}", count);
  button.dataset.n = count;
  button.querySelector("[data-count]").textContent = words;
  button.hidden = false;
}

function forgetNews(list) {
  pill(list).hidden = true;
  pill(list).dataset.n = 0;
}

document.addEventListener("click", ({ target }) => {
  const list = target.closest?.("[data-jump]")?.parentElement.querySelector("[data-conversation]");
  if (!list) return;
  if (list.dataset.until) return list.querySelector("[data-newest]").click();
  list.scrollTop = list.scrollHeight;
  forgetNews(list);
  list.focus({ preventScroll: true });
});

// What was earlier comes in above: what one looks at stays where it is, to the pixel.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches?.("[data-older]") || !detail.shouldSwap) return;
  const list = detail.target.closest("[data-conversation]");
  const first = list.querySelector(":scope > .message"); // it may lose its head
  const bottom = first.getBoundingClientRect().bottom;
  queueMicrotask(() => {
    arrangeAll(list);
    list.scrollTop += first.getBoundingClientRect().bottom - bottom;
  });
});

document.addEventListener("htmx:afterSettle", () => logs().forEach(place));
document.addEventListener("echo:drawn", ({ detail }) => arrangeAround([detail]));
logs().forEach(place);
