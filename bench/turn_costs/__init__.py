"""Parts of bench/turn.py: whole turns over HTTP, of our application and of a bare server."""
