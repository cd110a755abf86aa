"""Array code that knows nothing of the tape."""
