"""What every function shares: settings, tokens, errors, web application, logs, clients."""

__version__ = "0.1.0"
# Firewalls in front of logins and tool servers refuse libraries by their names.
USER_AGENT = f"chatkit-on-lambda/{__version__}"
