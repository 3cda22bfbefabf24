"""Reaching the API: address, key, connection, the background thread. The only room that imports httpx."""
