"""What one kernel remembers: conversation, ledger, and the session that leads an ask from prompt to reply."""
