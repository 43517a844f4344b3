// Switches large print on the page as it is, so that what was typed into a form stays. The server is told in the
// same order as the switch is pressed; without scripts its answer is the page anew.
"use strict";

{
  let told = Promise.resolve();
  for (const form of document.querySelectorAll("form[data-elder]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form));
      const headers = { "X-Requested-With": "XMLHttpRequest" };
      const options = { method: "POST", body, headers, credentials: "same-origin", keepalive: true };
      told = told.then(() => fetch(form.action, options)).catch(() => {}); // unreachable: large on this page at least
      const isLarge = document.documentElement.classList.toggle("elder");
      for (const words of form.querySelectorAll("[data-when]")) words.hidden = (words.dataset.when === "large") !== isLarge;
    });
  }
}
