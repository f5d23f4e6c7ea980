// Browser Back leads to the page before, and in a lesson to the step before. Streamlit makes an entry
// of every change of the address, also of those that tell what is on screen: a minute on the map
// would be twenty times Back.

const PLACES = ["lesson", "step"];

// A lesson's link may leave out its step; the address that then names it is the same place. On its
// way to the lessons from another page, Streamlit writes their address behind that page's path.
/** @param {URL} here @param {URL} there */
const otherPlace = (here, there) => here.pathname.endsWith("/lessons") && PLACES.some((name) => {
  const [before, after] = [here, there].map(({ searchParams }) => searchParams.get(name));
  return before !== after && (name === "lesson" || before !== null);
});

/** @typedef {Pick<History, "pushState" | "replaceState"> & { passing?: boolean, keepsOneEntryAPage?: boolean }} Entries */

/** The page shows what the address says: it is no entry that is only passed on the way to another page. @param {Entries} history */
export function settle(history) {
  history.passing = false;
}

/**
 * See to it that an address of the same page, and of a lesson of the same step, takes the place of the one before.
 * @param {Entries} history @param {{ href: string, pathname: string }} location
 * @param {() => boolean} scenes says whether each scene is to have its entry, pages apart: while presenting
 */
export function keepOneEntryAPage(history, location, scenes) {
  if (history.keepsOneEntryAPage) return;
  history.keepsOneEntryAPage = true;
  const push = history.pushState.bind(history);
  history.pushState = /** @type {History["pushState"]} */ (state, title, address) => {
    const there = new URL(address ?? "", location.href);
    const same = there.pathname === location.pathname;
    const step = same && otherPlace(new URL(location.href), there);
    const passed = !same && history.passing;
    history.passing = step;
    if (passed || (same && !step && !scenes())) history.replaceState(state, title, address);
    else push(state, title, address);
  };
}
