// Streamlit's menu has its sections as <div> in a <ul>, and pages as <li> in the <div>: lists that
// are none. Roles take that back, so that a screen reader reads sections and links.

const PHONE = 768; // css pixels, up to which Streamlit lays its sidebar over the page
const MENU = '[data-testid="stSidebarNavItems"]';

function mend() {
  const menu = document.querySelector(MENU);
  if (!menu) return;
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", "Pages");
  for (const entry of menu.querySelectorAll("li:not([role])")) entry.setAttribute("role", "presentation");
}

// On a phone the menu lies over the page: who has chosen a page wants to see it.
function chosen(/** @type {Element} */ at) {
  if (innerWidth > PHONE || !at.closest(`${MENU} a`)) return;
  /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stSidebarCollapseButton"] button'))?.click();
}

/** Mends the menu now and whenever Streamlit draws it again; returns the way to stop. */
export function mendMenu() {
  const watch = new MutationObserver(mend);
  const sidebar = document.querySelector('[data-testid="stSidebar"]');
  if (sidebar) watch.observe(sidebar, { childList: true, subtree: true });
  const abort = new AbortController();
  sidebar?.addEventListener("click", (event) => chosen(/** @type {Element} */ (event.target)), { signal: abort.signal });
  mend();
  return () => {
    watch.disconnect();
    abort.abort();
  };
}
