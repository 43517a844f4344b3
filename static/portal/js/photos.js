// Keeps the chosen files of an upload in a visible list. A native control forgets its files when the reader
// chooses again; here they add up, up to the limit. Without scripts the native control stays as it is, and in
// every case the server checks again.
for (const box of document.querySelectorAll("[data-upload]")) {
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector(".files");
  const left = box.querySelector(".left");
  const { unit } = box.dataset;
  const limit = Number(box.dataset.limit) || Infinity;
  let chosen = [];

  const sizeOf = (bytes) =>
    bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  // Drawn on a canvas, because the content policy lets no blob: address into an <img>.
  const thumbnail = (file) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 112, height: 84 });
    canvas.setAttribute("aria-hidden", "true");
    createImageBitmap(file).then(
      (picture) => {
        const scale = Math.max(112 / picture.width, 84 / picture.height);
        const [width, height] = [picture.width * scale, picture.height * scale];
        canvas.getContext("2d").drawImage(picture, (112 - width) / 2, (84 - height) / 2, width, height);
        picture.close();
      },
      () => {}, // a format this browser cannot draw may still be fine for the server
    );
    return canvas;
  };

  const row = (file) => {
    const item = document.createElement("li");
    const text = Object.assign(document.createElement("span"), { className: "grow", textContent: file.name });
    text.append(Object.assign(document.createElement("span"), { className: "sub", textContent: sizeOf(file.size) }));
    const remove = Object.assign(document.createElement("button"), {
      type: "button", className: "linkbtn", textContent: "删除",
    });
    remove.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: file.name }));
    remove.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== file);
      show();
      input.focus();
    });
    if (file.type.startsWith("image/")) item.append(thumbnail(file));
    item.append(text, remove);
    return item;
  };

  const show = (refused = 0) => {
    const files = new DataTransfer();
    for (const file of chosen) files.items.add(file);
    input.files = files.files;
    list.replaceChildren(...chosen.map(row));
    const words = [];
    if (refused) words.push(`最多 ${limit} ${unit}，有 ${refused} ${unit}没有加进来。`);
    else if (limit - chosen.length > 0 && limit < Infinity) words.push(`还可以选 ${limit - chosen.length} ${unit}`);
    else if (limit < Infinity) words.push(`已选满 ${limit} ${unit}`);
    left.textContent = words.join("");
  };

  input.addEventListener("change", () => {
    if (!input.multiple) chosen = []; // of one file there is only the last
    const known = new Set(chosen.map((file) => `${file.name}/${file.size}/${file.lastModified}`));
    const added = [...input.files].filter((file) => !known.has(`${file.name}/${file.size}/${file.lastModified}`));
    const room = Math.max(0, limit - chosen.length);
    chosen = [...chosen, ...added.slice(0, room)];
    show(Math.max(0, added.length - room));
  });
  box.classList.add("upload-js");
  show();
}
