"""What every function shares: settings, tokens, errors, web application, logs, clients."""

__version__ = "0.1.0"
