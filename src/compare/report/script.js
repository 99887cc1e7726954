"use strict";
// Without this script all is there but sorting and copying.
const number = text => Number.parseFloat(text.replace(/[(<,]/g, ""));
const order = (one, other) => {
  const [a, b] = [number(one), number(other)];
  if (Number.isNaN(a) || Number.isNaN(b)) return one.localeCompare(other, undefined, { numeric: true });
  return a - b;
};
function sort(table, column, head) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentNode.cells) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const text = row => row.cells[column].textContent.trim();
  const rows = [...body.rows].sort((one, other) => {
    const [a, b] = [text(one), text(other)];
    // What is unknown is neither more nor less, and stands last.
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1);
    return down ? order(b, a) : order(a, b);
  });
  body.append(...rows);
}
// A spreadsheet runs what begins like a formula; a number is none.
const guarded = text => /^\s*[=+@＝＋－＠-]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? "'" + text : text;
function tsv(table) {
  const cell = it => guarded(it.textContent.trim().replace(/\s+/g, " ").replace(/^\((-?[\d.]+)\)$/, "$1"));
  return [...table.rows].map(row => [...row.cells].map(cell).join("\t")).join("\n") + "\n";
}
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}
for (const table of document.querySelectorAll("[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column, head));
    head.append(button);
    head.setAttribute("aria-sort", "none");
  });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy for a spreadsheet";
  button.addEventListener("click", async () => {
    await copy(tsv(table));
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy for a spreadsheet"; }, 2000);
  });
  table.after(button);
}
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
