// Keeps the progress of a job up to date; the finished page is the server's. Without scripts the reader follows
// the link that loads the page anew.
const box = document.querySelector("[data-job]");
const bar = box.querySelector("progress");
const text = box.querySelector(".job-text");

const ask = async () => {
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const state = await answer.json();
    if (state.finished) {
      location.reload();
      return;
    }
    bar.value = state.progress;
    if (text.textContent !== state.text) text.textContent = state.text;
  } catch {
    // no answer this time; the next one may come through
  }
  setTimeout(ask, 2000);
};
setTimeout(ask, 1000);
