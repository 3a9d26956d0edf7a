// Everything a page does by itself. Each module listens on document, so it survives when pages change under it.
import "live";
import "pieces";
import "banner";
import "times";
import "later"; // always here: a form that is sent before it came would mean another time
import "presses";
import "acting";
import "panel"; // before the menus: Escape closes what lies upon the panel first
import "menus";
import "focus";
import "toasts";
import "conversation";
import "outbox";
import "room";
import "files";
import "sound";

// What only some pages have is fetched when the first of them is here, and what only some people do when they begin to.
const PARTS = {
  inbox: "#inbox",
  drafts: "[data-draft]",
  marking: "[data-reading]",
  picking: "[data-picker]",
  questions: "#questions",
  reactions: ".reaction[data-by], .react__any",
  editing: "#message-menu button, .message--editing",
  folding: ".message--event[data-who]",
  blocking: "#blocked",
  seen: "[data-seen]",
  stranded: "#stranded",
  trimming: ".log > article:nth-of-type(200), [data-newer]",
};

/** Without a line it is fetched the next time. */
const fetchPart = (name) => import(name).catch(() => null);
const fetchParts = () => Object.keys(PARTS).forEach((name) => document.querySelector(PARTS[name]) && fetchPart(name));

for (const event of ["htmx:afterSettle", "pieces:applied"]) document.addEventListener(event, fetchParts);
const writing = ({ target }) => target.matches?.("[data-completions]");
document.addEventListener("focusin", (event) => writing(event) && fetchPart("completing"));
document.addEventListener("focusin", ({ target }) => target.closest?.(".log") && fetchPart("walking"));
document.addEventListener("input", async (event) => writing(event) && (await fetchPart("typing"))?.say(event.target.form));
document.addEventListener("live:typing", async ({ detail }) => (await fetchPart("typing"))?.hear(detail));
document.addEventListener("keydown", async (event) => {
  if (event.key === "ArrowUp" && writing(event) && !event.target.value) (await fetchPart("editing"))?.editLast(event.target.form);
});
document.addEventListener("keydown", async (event) => {
  const far = event.key === "F6" || (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key));
  if (!far || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  (await fetchPart("striding"))?.stride(event);
});
fetchParts();

/** What stands at this address is another page for this person now: pages that show it are drawn anew. */
document.addEventListener("live:go", ({ detail }) => {
  if (detail.to !== location.pathname) return;
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.hidden = true;
  link.setAttribute("hx-push-url", "false");
  document.body.append(link);
  htmx.process(link);
  link.click();
});
