// What of a page reaches beyond the window's right edge, and is not scrolled in a place of its own: a list of
// the start of its HTML.
() => {
  const main = document.querySelector("[data-testid=stMain]");
  const all = (root) => [...root.querySelectorAll("*")].flatMap((each) => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
  const above = (each) => each.parentElement ?? each.getRootNode().host ?? null;
  const kept = (each) => {
    for (let at = above(each); at && at !== main; at = above(at)) if (getComputedStyle(at).overflowX !== "visible") return true;
    return false;
  };
  return all(main)
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().width && each.getBoundingClientRect().right > innerWidth + 1)
    .filter((each) => !kept(each) && getComputedStyle(each).clipPath === "none")
    .map((each) => each.outerHTML.slice(0, 120));
}
