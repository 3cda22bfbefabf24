"""A conversation for people: as Markdown, as a page, as a notebook."""
