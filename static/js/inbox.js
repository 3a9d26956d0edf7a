// The inbox is drawn anew when something changes in it; but as long as somebody points at its rows, or has one in focus,
// they only change where they are. They find their new places when he is elsewhere.
import { elements, renew } from "places";
import { renewSoon } from "unread";

const hovers = matchMedia("(hover: hover)");

let late = false; // rows wait for their places

const list = () => document.getElementById("inbox");

function busy() {
  const rows = document.getElementById("inbox-rows");
  return Boolean(rows) && ((hovers.matches && rows.matches(":hover")) || rows.contains(document.activeElement));
}

/** Only what comes by itself waits: what somebody asked for is drawn. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== list() || !detail.shouldSwap) return;
  late = busy();
  if (late) detail.shouldSwap = !inPlace(elements(detail.xhr.responseText));
  else keepScroll();
});

function inPlace([fresh, badge]) {
  const changed = [];
  for (const row of document.querySelectorAll(".inbox__row")) {
    const now = fresh.querySelector(`#${row.id}`);
    if (now && now.outerHTML !== row.outerHTML && renew(row, now)) changed.push(row);
  }
  badge.removeAttribute("hx-swap-oob");
  document.getElementById("unread").replaceWith(badge);
  document.dispatchEvent(new CustomEvent("pieces:applied", { detail: { added: [], changed, removed: [] } }));
  return true;
}

function keepScroll() {
  const { scrollTop } = list();
  queueMicrotask(() => (list().scrollTop = scrollTop));
}

function settle() {
  if (late && !busy()) [(late = false), renewSoon()];
}

for (const event of ["pointerout", "focusout"]) document.addEventListener(event, () => late && setTimeout(settle));

// What could not be fetched says so beside what was there, which stays.
for (const event of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
  document.addEventListener(event, ({ detail }) => {
    if (detail.target === list()) document.querySelector("[data-inbox-failed]").hidden = false;
  });
document.addEventListener("click", ({ target }) => target.closest?.("[data-inbox-again]") && renewSoon());
