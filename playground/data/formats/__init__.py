"""Files that hold examples, one file a format. Knows no network and no screen."""
