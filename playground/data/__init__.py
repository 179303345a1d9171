"""Where examples come from: points, tables and files. Knows no network and no screen."""
