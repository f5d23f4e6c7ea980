// The Fréchet figures that Python computed, as a table and in words.

const cell = (kind, text, className = "") =>
  Object.assign(document.createElement(kind), { textContent: text, className });
const figure = (value) => (value === null ? "computing" : value.toFixed(value < 10 ? 1 : 0));

/**
 * @param home the element
 * @param quality { problem } or { figures: { method: [by slot] }, floor, words, note, pending }
 * @param views in the order on screen
 * @param methods [{ name, title }]
 */
export function showQuality(home, quality, views, method, methods) {
  home.dataset.pending = quality.pending ? "yes" : "no";
  const title = cell("h3", "Fréchet distance in classifier features");
  title.append(cell("small", " at temperature 1, whatever is drawn here"));
  if (quality.problem) {
    home.replaceChildren(title, cell("p", quality.problem, "note"));
    return;
  }
  const worst = Math.max(...Object.values(quality.figures).flat().filter((value) => value !== null), 1e-9);
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  head.append(cell("th", "codes from"), ...views.map(({ kind }) => cell("th", kind)));
  const body = table.createTBody();
  for (const [name, values] of Object.entries(quality.figures)) {
    const row = body.insertRow();
    row.dataset.method = name;
    row.className = name === method ? "now" : "";
    row.append(cell("th", methods.find((each) => each.name === name).title), ...views.map(({ slot }) => bar(values[slot], worst)));
  }
  const floor = body.insertRow();
  floor.className = "floor";
  floor.append(cell("th", "real test images"), ...views.map(() => bar(quality.floor, worst)));
  home.replaceChildren(title, table, ...quality.words.map((text) => cell("p", text, "said")), cell("p", quality.note, "note"));
}

// The bar is an element of its own: a table cell's background may be painted over its neighbour's.
function bar(value, worst) {
  const home = cell("td", figure(value));
  home.append(document.createElement("i"));
  home.lastChild.style.setProperty("--share", value === null ? 0 : value / worst);
  return home;
}
