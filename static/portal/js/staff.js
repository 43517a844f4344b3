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

// Select2 names its box only after the value in it. It is told the field's label too, once it has drawn itself.
const nameBoxes = () => {
  for (const box of document.querySelectorAll(".select2-selection[role=combobox]")) {
    const select = box.closest(".select2-container").previousElementSibling;
    const label = select && document.querySelector(`label[for="${select.id}"]`);
    if (!label) continue;
    label.id ||= `${select.id}_label`;
    const value = box.querySelector(".select2-selection__rendered");
    value.removeAttribute("role"); // Select2 calls it a text box, which it is not, and leaves it nameless
    value.removeAttribute("aria-readonly");
    box.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
  }
};
addEventListener("load", () => setTimeout(nameBoxes)); // jQuery, which draws them, waits a turn too
document.addEventListener("formset:added", () => setTimeout(nameBoxes));
