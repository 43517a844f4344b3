// Keeps what is typed into a form on this device, so that a lost connection or a closed page loses nothing. The name
// a form is kept under begins with its account; drafts of other accounts are thrown away, and all of them on signing
// out. Photos are never kept. Without scripts the form is an ordinary form.
"use strict";

{
  const PREFIX = "draft:";
  const VERSION = "_version";
  const shelf = {
    // A browser may refuse to keep anything; then there is no draft, and nothing else is lost.
    get: (name) => { try { return JSON.parse(localStorage.getItem(PREFIX + name)); } catch { return null; } },
    put: (name, draft) => { try { localStorage.setItem(PREFIX + name, JSON.stringify(draft)); } catch { /* full or forbidden */ } },
    drop: (name) => { try { localStorage.removeItem(PREFIX + name); } catch { /* forbidden */ } },
    names: () => {
      try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length)); } catch { return []; }
    },
  };

  // On signing out: nobody else who takes up this device shall find what was typed.
  for (const form of document.querySelectorAll('form[action$="/accounts/logout/"]')) {
    form.addEventListener("submit", () => shelf.names().forEach(shelf.drop));
  }

  // The server has taken the form.
  for (const done of document.querySelectorAll("[data-draft-done]")) shelf.drop(done.dataset.draftDone);

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const name = form.dataset.draft;
    const version = form.dataset.draftVersion || "";
    const note = document.querySelector("[data-draft-restored]");
    const offline = form.querySelector("[data-draft-offline]");
    const fields = [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !["file", "checkbox", "submit"].includes(field.type));
    const typed = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const fill = (values) => { for (const field of fields) if (field.name in values) field.value = values[field.name]; };
    const blank = typed();
    // The key of the form is kept with what was typed, so that sending it again after a lost answer makes no second
    // line; but alone it is nothing anybody typed.
    const isTouched = (values) => fields.some((field) => field.type !== "hidden" && values[field.name] !== blank[field.name]);

    for (const other of shelf.names()) if (other.split(":")[0] !== name.split(":")[0]) shelf.drop(other);

    const keep = () => {
      const values = typed();
      if (isTouched(values)) shelf.put(name, { ...values, [VERSION]: version });
      else shelf.drop(name);
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);

    const draft = shelf.get(name);
    if (form.hasAttribute("data-draft-bound")) {
      shelf.put(name, { ...blank, [VERSION]: version }); // came back with a mistake: what was typed is in the page
    } else if (draft && draft[VERSION] !== version) {
      shelf.drop(name); // of a line that was changed elsewhere since
    } else if (draft && isTouched({ ...blank, ...draft })) {
      fill(draft);
      note.hidden = false;
      note.querySelector("button").addEventListener("click", () => {
        fill(blank);
        shelf.drop(name);
        note.hidden = true;
        fields.find((field) => field.type !== "hidden").focus();
      });
    }

    // Leave the page only when the server can be reached: a browser's own error page would take the form away.
    const reaches = async () => {
      if (!navigator.onLine) return false;
      try {
        const mark = document.querySelector("link[rel=icon]").href;
        return (await fetch(mark, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
      } catch {
        return false;
      }
    };
    let isAsking = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isAsking) return;
      isAsking = true;
      keep();
      offline.hidden = true;
      if (await reaches()) {
        form.submit();
        setTimeout(() => { isAsking = false; }, 10000); // somebody who comes back by the back button can send again
        return;
      }
      isAsking = false;
      offline.hidden = false;
      offline.scrollIntoView({ block: "center" });
    });
    addEventListener("pageshow", (event) => { if (event.persisted) isAsking = false; });
  }
}
