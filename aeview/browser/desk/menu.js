// Streamlit's menu has its sections as <div> in a <ul>, and pages as <li> in the <div>: lists that
// are none. Roles take that back, so that a screen reader reads sections and links.

const MENU = '[data-testid="stSidebarNavItems"]';

function mend() {
  const menu = document.querySelector(MENU);
  if (!menu) return;
  menu.setAttribute("role", "group");
  menu.setAttribute("aria-label", "Pages");
  for (const entry of menu.querySelectorAll("li:not([role])")) entry.setAttribute("role", "presentation");
}

/** Mends the menu now and whenever Streamlit draws it again; returns the way to stop. */
export function mendMenu() {
  const watch = new MutationObserver(mend);
  const sidebar = document.querySelector('[data-testid="stSidebar"]');
  if (sidebar) watch.observe(sidebar, { childList: true, subtree: true });
  mend();
  return () => watch.disconnect();
}
