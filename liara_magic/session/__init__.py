"""What one kernel remembers: conversation, ledger, settings in use, and the story of an ask."""
