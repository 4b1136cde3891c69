// Files chosen or dropped here go to the server part by part, one file after another, beside the
// page's websocket. A connection that breaks costs the part it broke in; the same file chosen again,
// even by a page loaded anew, goes on where it was. `sent` tells the server's page what has arrived.
const files = [];  // of this page, whatever tab is looked at meanwhile
let model = null;
let draw = () => {};
let going = false;

const PATIENCE = 8;  // tries without a byte more, before somebody has to ask
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const address = (path) => new URL(`./send${path}`, location.href.split(/[?#]/)[0]).href;

class Refused extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

// Not fetch, which tells nothing of how much has gone up.
function ask(method, path, body, file, progress = () => {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    file.stop = () => request.abort();
    request.open(method, address(path));
    request.setRequestHeader("X-Satispy-Sending", "1");
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onerror = request.onabort = () => failed(new Error("no answer"));
    request.onload = () => {
      let said = {};
      try {
        said = JSON.parse(request.responseText || "{}");
      } catch {
        // a proxy's page: its status says enough
      }
      if (request.status >= 200 && request.status < 300) done(said);
      else failed(new Refused(request.status, said.code));
    };
    request.send(body);
  });
}

function to(file, state) {
  file.state = state;
  draw();
}

async function sendParts(file) {
  const { name, size, lastModified } = file.chosen;
  const about = JSON.stringify({ name, size, modified: lastModified });
  const { id, part, have } = await ask("POST", "", about, file);
  file.id = id;
  const there = new Set(have);
  const sizeOf = (n) => Math.min(part, size - n * part);
  let done = have.reduce((sum, n) => sum + sizeOf(n), 0);
  file.done = done;
  to(file, "sending");
  for (let n = 0; n * part < size; n++) {
    if (there.has(n) || file.cancelled) continue;
    const bytes = file.chosen.slice(n * part, n * part + sizeOf(n));
    await ask("PUT", `/${id}/${n}`, bytes, file, (loaded) => {
      file.done = done + loaded;
      draw();
    });
    done += sizeOf(n);
    file.done = done;
    file.tries = 0;
    draw();
  }
  if (file.cancelled) return;
  await ask("POST", `/${id}`, null, file);
  file.whole = true;
}

async function arrived(file) {
  to(file, "joining");
  while (!file.cancelled) {
    const now = await ask("GET", `/${file.id}`, null, file);
    if (now.state === "sent") {
      files.splice(files.indexOf(file), 1);
      model.sent = [...model.sent, { key: now.key, put: now.put }];
      draw();
      return;
    }
    if (now.state !== "joining") {  // the server was started anew meanwhile
      file.whole = false;
      throw new Error("not joined");
    }
    await pause(500);
  }
}

async function send(file) {
  file.tries = 0;
  to(file, "sending");
  while (!file.cancelled) {
    try {
      if (!file.whole) await sendParts(file);
      if (file.cancelled) return;
      await arrived(file);
      return;
    } catch (error) {
      if (file.cancelled) return;
      // 404, 409: cancelled in another tab, or a part that came short. From the beginning.
      if (error instanceof Refused && error.status < 500 && ![404, 409].includes(error.status)) {
        file.code = error.code in model.words ? error.code : "request";
        to(file, "refused");
        return;
      }
      if (error instanceof Refused && error.status < 500) file.whole = false;
      file.tries += 1;
      if (file.tries > PATIENCE) {
        to(file, "broken");
        return;
      }
      to(file, "waiting");
      const woken = new Promise((done) => (file.wake = done));
      await Promise.race([pause(Math.min(30000, 500 * 2 ** file.tries)), woken]);
    }
  }
}

async function goOn() {
  if (going) return;
  going = true;
  for (let next; (next = files.find((file) => file.state === "queued")); ) await send(next);
  going = false;
}

// Said at once; the server refuses it as well.
function fault({ name, size }) {
  if (!/\.csv(\.gz)?$/i.test(name)) return "not-csv";
  if (!size) return "empty";
  return size > model.most ? "too-large" : "";
}

function add(chosen) {
  for (const each of chosen) {
    const code = fault(each);
    files.push({ chosen: each, state: code ? "refused" : "queued", code, done: 0, tries: 0 });
  }
  draw();
  goOn();
}

function cancel(file) {
  file.cancelled = true;
  file.stop?.();
  file.wake?.();
  if (file.id) ask("DELETE", `/${file.id}`, null, file).catch(() => {});  // or it goes in two days
  to(file, "cancelled");
}

function resume(file) {
  to(file, "queued");
  goOn();
}

addEventListener("online", () => {
  for (const file of files) file.state === "broken" ? resume(file) : file.wake?.();
});

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const over = { refused: true, cancelled: true };

function said(file) {
  const megabytes = (bytes, digits) =>
    (bytes / 2 ** 20).toLocaleString(model.language, { maximumFractionDigits: digits });
  const digits = file.chosen.size < 10 * 2 ** 20 ? 1 : 0;
  return model.words[file.state === "refused" ? file.code : file.state]
    .replace("{name}", file.chosen.name)
    .replace("{done}", megabytes(file.done, digits))
    .replace("{size}", megabytes(file.chosen.size, digits));
}

// One row a file, kept while it is there: what is drawn anew would lose the keyboard's place.
function row(file) {
  const name = element("b", {}, element("bdi", {}, file.chosen.name));
  const bar = element("progress", { max: "1", "aria-label": file.chosen.name });
  const text = element("span", { class: "small", role: "status" });
  const again = element("button", { type: "button", class: "plain-button" }, model.words.resume);
  const end = element("button", { type: "button", class: "plain-button" });
  again.addEventListener("click", () => resume(file));
  end.addEventListener("click", () => {
    if (over[file.state]) {
      files.splice(files.indexOf(file), 1);
      draw();
    } else cancel(file);
  });
  const made = element("li", {}, name, bar, text, again, end);
  made.update = () => {
    made.className = file.state === "refused" ? "refused" : "";
    name.hidden = Boolean(over[file.state]);
    bar.hidden = name.hidden || file.state === "queued";
    bar.value = file.chosen.size ? file.done / file.chosen.size : 0;
    const now = said(file);
    if (text.textContent !== now) text.textContent = now;
    again.hidden = file.state !== "broken";
    end.hidden = file.state === "joining";
    end.textContent = over[file.state] ? model.words.clear : model.words.cancel;
    end.setAttribute("aria-label", `${end.textContent} : ${file.chosen.name}`);
  };
  return made;
}

export function render({ model: given, el }) {
  model = given;
  const { words, locked } = model;
  const input = element("input", { type: "file", multiple: "", accept: ".csv,.gz,text/csv" });
  input.disabled = locked;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";  // the same file chosen again is an event as well
  });
  const zone = element("label", { class: "drop" }, element("span", {}, words.choose), input);
  zone.classList.toggle("locked", locked);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.toggle("over", !locked);
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!locked) add([...event.dataTransfer.files]);
  });
  const list = element("ul", { class: "sending", "aria-label": words.files });
  const rows = new Map();
  draw = () => {
    for (const [file, each] of rows) {
      if (!files.includes(file)) {
        each.remove();
        rows.delete(file);
      }
    }
    for (const file of files) {
      if (!rows.has(file)) {
        rows.set(file, row(file));
        list.append(rows.get(file));
      }
      rows.get(file).update();
    }
    list.hidden = !files.length;
  };
  el.replaceChildren(zone, list);
  draw();
}
