// What is wrong with the scene on screen: a list of sentences, empty where all is well.
([scene, address]) => {
  const wrong = [];
  const one = (selector, root = document) => root.querySelector(selector);
  if (location.pathname !== new URL(address, location.origin).pathname) return ["another page"];
  const all = (root, selector) => [...root.querySelectorAll("*")].flatMap((each) => [
    ...(each.matches(selector) ? [each] : []), ...(each.shadowRoot ? all(each.shadowRoot, selector) : []),
  ]);
  const main = one("[data-testid=stMain]");
  const bar = all(document, ".bar")[0]?.getBoundingClientRect();
  if (!bar) return ["the bar is not there yet"]; // between two scenes
  const seen = (each) => each.checkVisibility({ visibilityProperty: true });
  if (!("cinema" in document.documentElement.dataset)) return ["the page is whole"];
  if (all(main, ".lab[data-ready=no]").some(seen)) wrong.push("a part is not ready");
  if (one("[data-testid=stException]")) wrong.push("an error");
  const room = [[main, "page"], [document.scrollingElement, "window"]];
  for (const [home, name] of room) {
    if (home.scrollHeight > home.clientHeight + 1) wrong.push(`${name} scrolls by ${home.scrollHeight - home.clientHeight}`);
    if (home.scrollWidth > home.clientWidth + 1) wrong.push(`${name} scrolls to the side`);
  }
  if (main.getBoundingClientRect().bottom > bar.top + 1) wrong.push("the bar lies over the page");
  const boxes = all(main, "[data-lit=figure]").filter(seen).map((each) => each.getBoundingClientRect());
  const [left, top, right, bottom] = [["left", Math.min], ["top", Math.min], ["right", Math.max], ["bottom", Math.max]]
    .map(([side, of]) => of(...boxes.map((box) => box[side])));
  const share = (right - left) * (bottom - top) / (innerWidth * bar.top);
  if (!(share >= 0.45)) wrong.push(`the figure takes ${(100 * share).toFixed(0)} %`);
  if (!(left >= -1 && right <= innerWidth + 1 && bottom <= bar.top + 1)) wrong.push("a part of it is outside");
  const grown = Math.min(innerWidth / 1366, innerHeight / 768);
  const size = (each) => {
    if (!each.ownerSVGElement) return parseFloat(getComputedStyle(each).fontSize) * each.currentCSSZoom;
    const [box, drawn] = [each.getBBox(), each.getBoundingClientRect()];
    return parseFloat(getComputedStyle(each).fontSize) * Math.max(drawn.width, drawn.height) / Math.max(box.width, box.height);
  };
  const written = all(main, "*").filter((each) => seen(each) && !/^(STYLE|SCRIPT|OPTION)$/.test(each.tagName)
    && !each.closest("[data-testid=stIconMaterial], .desk .bar, .desk dialog")
    && [...each.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
  for (const each of written) {
    const { width, height } = each.getBoundingClientRect();
    if (width < 3 || height < 3 || getComputedStyle(each).clipPath !== "none") continue; // for those who hear it
    if (size(each) < 17.9 * grown) wrong.push(`${size(each).toFixed(1)} px: ${each.textContent.trim().slice(0, 30)}`);
  }
  const claim = all(main, ".scene .claim")[0];
  if (size(claim) < 26 * grown - 0.2) wrong.push(`the sentence has ${size(claim).toFixed(1)} px`);
  for (const each of all(main, "[data-matters]").filter(seen)) {
    if (size(each) < 40 * grown - 0.2) wrong.push(`a number has ${size(each).toFixed(1)} px: ${each.textContent}`);
  }
  for (const text of all(document, ".bar button, .bar small, .bar .at-scene").filter(seen)) {
    if (size(text) < 17.9 * Math.max(1, innerWidth / 1920)) wrong.push(`the bar has ${size(text).toFixed(1)} px`);
  }
  if (scene.subject === "map") {
    const { width, height } = all(main, ".canvases")[0].getBoundingClientRect();
    if (Math.min(width, height) < 560 * grown) wrong.push(`the map has ${width.toFixed(0)} px`);
  }
  const read = written.map((each) => each.textContent).join(" ");
  if (/your drawing/i.test(read) || all(main, ".line output").some((each) => each.textContent === scene.planted)) {
    wrong.push("something of an earlier visit is here");
  }
  for (const name of scene.controls) {
    const found = all(main, `[aria-label="${name}"], button, label, p`).filter((each) =>
      each.getAttribute("aria-label") === name || each.textContent.trim() === name);
    if (!found.some(seen)) wrong.push(`no control “${name}”`);
  }
  return wrong.slice(0, 6);
}
