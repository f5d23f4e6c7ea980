// What Streamlit calls for a component that is a class: at mount, and again when data or theme change.

/** @param Page a class with update(component) and close(), made once for each place on the page */
export function mount(Page) {
  const pages = new WeakMap();
  return (component) => {
    const root = component.parentElement;
    if (!pages.has(root)) pages.set(root, new Page(root));
    const page = pages.get(root);
    page.update(component);
    return () => {
      page.close();
      pages.delete(root);
    };
  };
}
