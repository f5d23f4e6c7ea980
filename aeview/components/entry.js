// What Streamlit runs for a component: a few lines, because it sends them again at every run. The
// code comes once, by `modules.js`, sooner or later.

const asked = (globalThis[Symbol.for("aeview.asked")] ??= []);

export default (component) => {
  const place = { name: "NAME", component, gone: false, close: () => {} };
  asked.push(place);
  return () => {
    place.gone = true;
    place.close();
  };
};
