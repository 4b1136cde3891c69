// Rejected rows as an editable table, the reason beside each cell. What is typed goes to `typed`:
// number of the row → field → text; the server judges it.
const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

export function render({ model, el }) {
  const draw = () => {
    const { columns, rows, words } = model;
    const fields = Object.keys(columns);
    const head = element("tr", {}, element("th", { scope: "col" }, words.line));
    for (const field of fields) head.append(element("th", { scope: "col" }, columns[field]));
    const body = element("tbody");
    for (const row of rows) {
      const first = element("th", { scope: "row" }, String(row.line));
      for (const text of row.faults[""] ?? []) first.append(element("p", { class: "fault" }, text));
      if (row.raw) {
        const raw = element("details", {}, element("summary", {}, words.raw), row.raw);
        first.append(raw);
      }
      const line = element("tr", {}, first);
      for (const field of fields) {
        const faults = row.faults[field] ?? [];
        const named = `fault-${row.number}-${field}`;
        const box = element(field === "comment" ? "textarea" : "input", {
          "aria-label": `${columns[field]}, ${words.line} ${row.line}`,
          "aria-invalid": String(faults.length > 0),
          "aria-describedby": named,
          autocomplete: "off",
        });
        box.value = row.values[field] ?? "";
        box.disabled = model.locked;
        box.addEventListener("input", () => {
          const typed = { ...model.typed };
          typed[row.number] = { ...typed[row.number], [field]: box.value };
          model.typed = typed;
          box.setAttribute("aria-invalid", "false");  // until it is judged anew
        });
        const cell = element("td", { "data-column": columns[field] }, box);
        const said = element("div", { id: named });
        for (const text of faults) said.append(element("p", { class: "fault" }, text));
        cell.append(said);
        line.append(cell);
      }
      body.append(line);
    }
    const caption = element("caption", { class: "visually-hidden" }, words.caption);
    const table = element("table", { class: "mend" }, caption, element("thead", {}, head), body);
    const region = { class: "table-scroll whole", role: "region", "aria-label": words.caption };
    el.replaceChildren(element("div", { ...region, tabindex: "0" }, table));
  };
  draw();
  model.on("rows", draw);
  // Opened anew: what was typed before is gone, though the rows are the same.
  model.on("typed", () => { if (!Object.keys(model.typed).length) draw(); });
}
