// A room's questions are drawn the same for everybody: here those that are mine are marked, and those I voted for. And
// nobody is called to a stage that he has come to meanwhile.
const list = () => document.getElementById("questions");

function paint() {
  const voted = (list()?.dataset.voted || "").split(" ");
  const onStage = [...document.querySelectorAll('.seat[data-into="stage"]')].map(({ dataset }) => dataset.person);
  for (const question of list()?.children || []) {
    question.classList.toggle("mine", question.dataset.asker === document.body.dataset.me);
    question.querySelector("[data-call]")?.toggleAttribute("hidden", onStage.includes(question.dataset.asker));
    question.querySelectorAll("[data-vote]").forEach((button) => press(button, voted.includes(button.dataset.vote)));
  }
}

/** A pressed button offers to take the vote back. */
function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
  button.value = pressed ? "no" : "yes";
}

/** My votes, from whichever tab or device I gave them. */
document.addEventListener("live:piece", ({ detail }) => {
  const room = list()?.dataset.list.replace("questions:", "");
  if (!room || detail.list !== `votes:${room}`) return;
  const votes = new DOMParser().parseFromString(detail.html, "text/html").querySelector("data");
  list().dataset.voted = votes.value;
  paint();
});

// Asking: Enter asks; what was asked leaves the field, what was refused stays in it.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-ask]");
  if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.matches("[data-ask]") && detail.successful) detail.elt.reset();
});

new MutationObserver(paint).observe(document.documentElement, { childList: true, subtree: true });
paint();
