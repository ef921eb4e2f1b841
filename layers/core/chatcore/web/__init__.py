"""What every HTTP function shares: middleware, errors, CORS origins, body limits."""
