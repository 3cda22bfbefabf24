"""What a person sees: Markdown made safe, the painter, and a screen for each kind of front end."""
