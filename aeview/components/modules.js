// Links the modules of all components, each once, and mounts what has been asked for. Python puts
// the list `sources` before this text: [name, text], those that are imported before those that import.

const urls = new Map();
for (const [name, text] of sources) {
  const linked = text.replace(/(\bfrom\s+)"aeview:([^"]+)"/g, (_, head, used) => `${head}"${urls.get(used)}"`);
  const blob = new Blob([linked, `\n//# sourceURL=aeview/${name}\n`], { type: "text/javascript" });
  urls.set(name, URL.createObjectURL(blob));
}

const entries = new Map();

function mount(place) {
  if (!entries.has(place.name)) entries.set(place.name, import(urls.get(`${place.name}/main.js`)));
  entries.get(place.name).then((entry) => {
    if (!place.gone) place.close = entry.default(place.component) ?? place.close;
  });
}

const asked = (globalThis[Symbol.for("aeview.asked")] ??= []);
asked.push = mount;
asked.splice(0).forEach(mount);

export default () => {};
