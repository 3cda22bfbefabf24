"""The chat widget: a panel beside the code, on the kernel's own conversation. The only room that imports ipywidgets."""
