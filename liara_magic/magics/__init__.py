"""How a person asks: flags, slash commands, ``%%liara`` and ``%liara``."""
