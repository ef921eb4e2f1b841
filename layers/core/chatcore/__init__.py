"""Code that all functions share: settings, tokens, errors, web application, logs, clients."""

__version__ = "0.1.0"
# Firewalls in front of logins and tool servers block the default user agents of libraries.
USER_AGENT = f"chatkit-on-lambda/{__version__}"
