"""Where data of the user's own is opened and edited."""
