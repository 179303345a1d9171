"""What can be done, and where it is asked for: menus, keys, dialogs."""
