// Browser Back leads to the page before. Streamlit makes an entry of every change of the address,
// also of those that tell what is on screen: a minute on the map would be twenty times Back.

/**
 * See to it that an address of the same page takes the place of the one before.
 * @param scenes says whether each scene is to have its entry, pages apart: while presenting
 */
export function keepOneEntryAPage(history, location, scenes) {
  if (history.keepsOneEntryAPage) return;
  history.keepsOneEntryAPage = true;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const there = new URL(address ?? "", location.href);
    if (there.pathname === location.pathname && !scenes()) history.replaceState(state, title, address);
    else push(state, title, address);
  };
}
