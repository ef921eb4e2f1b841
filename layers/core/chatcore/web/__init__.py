"""Code that all HTTP functions share: middleware, errors, CORS origins, body limits."""
