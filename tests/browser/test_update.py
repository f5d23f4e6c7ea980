"""A page that is held open while the server is updated: the files it asks for are gone."""

from playwright.sync_api import expect


def test_it_says_to_reload_and_then_works(app, chromium):
    page = chromium.new_page()  # the browser's console tells of the missing files, too
    page.goto(app.url)
    expect(page.locator(".explorer")).to_have_attribute("data-ready", "yes")
    page.route("**/browser/**", lambda route: route.fulfill(status=404))
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Denoise").click()
    expect(page.get_by_role("alert").filter(has_text="Reload the page").first).to_be_visible()
    page.unroute_all()
    page.reload()
    expect(page.locator(".denoise")).to_have_attribute("data-ready", "yes")
    page.close()
