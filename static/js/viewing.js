// A picture as large as the window, with what is said about it; the arrows lead to the others of the conversation.
import "dressing";

let shown = null; // the link of the picture that is shown

const dialogOf = (link) => link.closest(".conversation, .page")?.querySelector("dialog[data-viewer]");
const pictures = (link) => [...link.closest(".conversation, .page").querySelectorAll("a[data-view]")];

/** Opens the picture that this link leads to. */
export function view(link) {
  const dialog = dialogOf(link);
  if (!dialog) return void (location.href = link.href);
  put(dialog, link);
  link.focus({ preventScroll: true }); // there it comes back to
  dialog.showModal();
}

function put(dialog, link) {
  shown = link.getAttribute("href");
  const small = link.querySelector("img");
  const picture = dialog.querySelector("img");
  picture.src = small.src; // at once, until the large one is here
  picture.alt = small.alt;
  const large = new Image();
  large.onload = () => shown === link.getAttribute("href") && (picture.src = large.src);
  large.src = link.href;
  dialog.querySelector("[data-said]").textContent = small.alt;
  dialog.querySelector("a[download]").href = link.href;
  const all = pictures(link);
  dialog.querySelector("[data-before]").disabled = all[0] === link;
  dialog.querySelector("[data-after]").disabled = all.at(-1) === link;
}

function step(dialog, by) {
  const here = document.querySelector(`a[data-view][href="${CSS.escape(shown)}"]`);
  const next = here && pictures(here)[pictures(here).indexOf(here) + by];
  if (next) put(dialog, next);
}

const open = () => document.querySelector("dialog[data-viewer][open]");

document.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by && open()) [event.preventDefault(), step(open(), by)];
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-before]")) step(open(), -1);
  else if (target.closest?.("[data-after]")) step(open(), 1);
});

// Focus goes back to the picture that was shown last, even if its message was drawn anew.
document.addEventListener(
  "close",
  ({ target }) => target.matches?.("[data-viewer]") && document.querySelector(`a[data-view][href="${CSS.escape(shown)}"]`)?.focus(),
  true,
);

// A picture whose message is gone is gone.
document.addEventListener("pieces:applied", () => {
  if (open() && !document.querySelector(`a[data-view][href="${CSS.escape(shown)}"]`)) open().close();
});
