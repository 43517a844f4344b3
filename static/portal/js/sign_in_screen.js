// Keeps the code on the screen of the room this minute's. Without scripts the page loads itself anew.
"use strict";

{
  const box = document.querySelector("[data-screen]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const EVERY = 5000; // how often the number of people is looked up; the code changes each minute

  const show = (state) => {
    if (!state.is_open) {
      location.reload(); // the server says why
      return;
    }
    if (part("code").textContent !== state.code) {
      // Parsed apart from the page: an SVG of our own server, and nothing in it is run.
      const svg = new DOMParser().parseFromString(state.svg, "text/html").querySelector("svg");
      part("qr").replaceChildren(document.importNode(svg, true));
      part("code").textContent = state.code;
      part("until").textContent = state.until;
    }
    part("signed-in").textContent = state.signed_in;
    part("stale").hidden = true;
  };

  const ask = async () => {
    let wait = EVERY;
    try {
      const answer = await fetch(box.dataset.screen, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const state = await answer.json();
      show(state);
      wait = Math.min(EVERY, Math.max(state.changes_in || 0, 0) + 200);
    } catch {
      part("stale").hidden = false;
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, EVERY);
}
