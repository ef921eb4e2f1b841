"""Parts of bench/turn.py: whole turns over HTTP, of this application and of a bare server."""
