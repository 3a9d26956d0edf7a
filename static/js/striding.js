// Keys that lead further than one list: F6 from one part of the page to the next, with Shift back; Alt with Up or Down to
// the conversation above or below.
import { HEADING } from "focus";

const PARTS = [".nav__link", "#inbox-title", HEADING, "#stage-title", ".bar button", "[role=tab][aria-selected=true]", ".log", ".composer__text"];

export function stride({ key, shiftKey }) {
  if (key === "F6") toPart(shiftKey ? -1 : 1);
  else toConversation(key === "ArrowUp" ? -1 : 1);
}

function toPart(step) {
  const found = PARTS.map((part) => [...document.querySelectorAll(part)].find(({ offsetParent }) => offsetParent));
  const parts = [...new Set(found.filter(Boolean))].sort((one, other) => (isBehind(one, other) ? -1 : 1));
  const here = parts.findLastIndex((part) => part === document.activeElement || isBehind(part, document.activeElement));
  const to = parts[(Math.max(here, step < 0 ? 0 : -1) + step + parts.length) % parts.length];
  if (to.tabIndex < 0) to.tabIndex = -1; // a heading, or a tab stop of its own list
  to.focus();
}

const isBehind = (one, other) => Boolean(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

function toConversation(step) {
  const rows = [...document.querySelectorAll("#inbox-rows .inbox__row")];
  rows[rows.findIndex((row) => row.matches("[aria-current=page]")) + step]?.click();
}
