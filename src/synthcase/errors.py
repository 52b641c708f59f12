"""Every exception that leaves synthcase."""
