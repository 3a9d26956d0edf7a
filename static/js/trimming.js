// A conversation that goes on for hours: whoever is at its end keeps the last messages in the page. What was before comes
// back as all that was earlier does.
import { arrangeAround } from "arranging";

const MOST = 300; // messages
const AT_END = 100; // px

const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < AT_END;

function trim(list) {
  const messages = [...list.querySelectorAll(":scope > [data-seq]")];
  const first = messages.at(-MOST);
  if (messages.length <= MOST || !atEnd(list) || busy(messages.slice(0, -MOST))) return;
  while (first.previousElementSibling?.matches(".message, .day, .new")) first.previousElementSibling.remove();
  offerEarlier(list, first.dataset.seq);
  arrangeAround([first]);
  list.scrollTop = list.scrollHeight;
}

const busy = (messages) => messages.some((one) => one.contains(document.activeElement) || one.querySelector("[open]"));

function offerEarlier(list, seq) {
  const link = list.parentElement.querySelector("template[data-earlier]").content.firstElementChild.cloneNode(true);
  for (const name of ["href", "hx-get"]) link.setAttribute(name, link.getAttribute(name).replace("before=0", `before=${seq}`));
  list.querySelector(":scope > [data-older]")?.remove();
  list.prepend(link);
  htmx.process(link);
}

document.addEventListener("pieces:applied", () => document.querySelectorAll("[data-conversation][data-head]").forEach(trim));
