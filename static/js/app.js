// Everything a page does by itself. Each module listens on document, so it survives when pages change under it.
import "live";
import "pieces";
import "banner";
import "times";
import "presses";
import "acting";
import "panel"; // before the menus: Escape closes what lies upon the panel first
import "menus";
import "focus";
import "toasts";
import "conversation";
import "trimming";
import "outbox";
import "room";
import "files";
import "questions";
import "sound";

// What only some pages have is fetched when the first of them is here.
const PARTS = { inbox: "#inbox", drafts: "[data-draft]", marking: "[data-reading]", picking: "[data-picker]" };
const fetchParts = () => Object.keys(PARTS).forEach((name) => document.querySelector(PARTS[name]) && import(name));

document.addEventListener("htmx:afterSettle", fetchParts);
document.addEventListener("focusin", ({ target }) => target.matches("[data-completions]") && import("completing"));
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
