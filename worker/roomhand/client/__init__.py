"""The command line's way to a deployment by its API alone."""
