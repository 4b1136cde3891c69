"""One module a page: its state, which knows no widget, and its view."""
