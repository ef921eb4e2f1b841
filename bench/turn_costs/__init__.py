"""What bench/turn.py measures: whole turns over HTTP, ours and a bare server's."""
