"""Files in and out: snapshots, tables, pictures. Knows no screen."""
