// Shows the print buttons: without scripts they could do nothing, so the page ships them hidden.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
