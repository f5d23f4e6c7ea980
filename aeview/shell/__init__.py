"""What stands around every page: frame, sidebar, desk, links, words; knows no page."""
