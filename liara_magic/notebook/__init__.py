"""What the notebook knows: its cells, its variables, and what of them may leave."""
