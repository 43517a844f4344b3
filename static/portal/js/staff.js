// Folds an open filter of a list away on Escape and on a click beside it. Without scripts, opening another folds it.
const filters = document.querySelectorAll("#changelist-filter details");
document.addEventListener("click", (event) => {
  for (const filter of filters) if (!filter.contains(event.target)) filter.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const filter of filters) {
    if (filter.open && filter.contains(document.activeElement)) filter.querySelector("summary").focus();
    filter.open = false;
  }
});
