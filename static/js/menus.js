// Menus: <details data-menu> in the page, and <dialog>s whose content is fetched when they are asked for.
// Escape and a click beside them close them; focus goes back to what opened them, even if it was drawn anew.

let opener = null; // {element, id: of the nearest element that has one}

const menuOf = (target) => target.closest?.("details.menu, details[data-menu]");
const openMenus = () => document.querySelectorAll("details.menu[open], details[data-menu][open]");

function close(menu, { focus }) {
  menu.open = false;
  if (focus) menu.querySelector("summary")?.focus();
}

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && [...openMenus()].at(-1);
  if (menu) close(menu, { focus: menu.contains(document.activeElement) });
});

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) if (!menu.contains(target)) close(menu, { focus: false });
  const dialog = target.closest?.("dialog[open]");
  if (dialog && (target === dialog || target.closest("[data-close]"))) setTimeout(() => dialog.close());
  else if (menuOf(target) && target.closest("[data-close]")) close(menuOf(target), { focus: true });
});

document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
  if (detail.target?.tagName === "DIALOG") opener = { element: target, id: target.closest("[id]")?.id };
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.tagName === "DIALOG" && target.childElementCount && !target.open) target.showModal();
});

document.addEventListener(
  "close",
  ({ target }) => {
    if (target.tagName !== "DIALOG" || !opener) return;
    const owner = opener.id && document.getElementById(opener.id);
    const back = opener.element.isConnected ? opener.element : owner?.querySelector("[autofocus], a[href], button, summary");
    (back || document.getElementById("main"))?.focus();
    opener = null;
  },
  true,
);

// What opens in place may open below the edge of what scrolls: a confirmation is looked at when it is asked for.
document.addEventListener(
  "toggle",
  ({ target }) => target.open && target.matches("details.confirm") && target.lastElementChild.scrollIntoView({ block: "nearest" }),
  true,
);
