// What Streamlit runs for a component, from a blob, where relative imports lead nowhere: it asks
// for the component's files by their whole address. Python puts that in ADDRESS's place.

// One root for the life of the document, so that each module is loaded once, whatever page is open.
const ROOT = Symbol.for("aeview.root");
const page = /** @type {{[key: symbol]: URL}} */ (/** @type {unknown} */ (globalThis));
page[ROOT] ??= new URL("browser/", document.baseURI);
const entry = import(new URL("ADDRESS", page[ROOT]).href);

/** @param {HTMLElement} place */
function say(place) {
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.textContent = "This part could not be loaded. Reload the page: the app may have been updated.";
  place.append(words);
}

/** A dict comes in a list. @param {import("../types.js").Component} component */
export default (component) => {
  const place = { gone: false, close: () => {} };
  const told = Array.isArray(component.data) ? { ...component, data: component.data[0] } : component;
  entry.then(
    (main) => {
      if (!place.gone) place.close = main.default(told) ?? place.close;
    },
    () => say(component.parentElement),
  );
  return () => {
    place.gone = true;
    place.close();
  };
};
