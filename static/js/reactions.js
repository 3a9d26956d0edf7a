// A message's reactions are drawn the same for everybody: here those that are mine are pressed, and say what a press
// would do, so that the same press twice is one.

const MARK = 6; // characters of a person's id by which his reactions are known (models/reaction.py)

const me = () => document.body.dataset.me.slice(0, MARK);

function paint(within) {
  for (const button of within.querySelectorAll(".reaction[data-by]")) {
    const mine = button.dataset.by.split(" ").includes(me());
    const address = button.getAttribute("formaction").split("?")[0];
    button.setAttribute("aria-pressed", String(mine));
    button.setAttribute("formaction", `${address}?on=${mine ? "no" : "yes"}`);
  }
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches(".react__any") && detail.successful) detail.elt.closest("dialog")?.close();
});

document.addEventListener("pieces:applied", ({ detail }) => [...detail.added, ...detail.changed].forEach(paint));
document.addEventListener("htmx:afterSettle", () => paint(document));
paint(document);
