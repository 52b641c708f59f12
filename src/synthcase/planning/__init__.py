"""What will be asked, at which noise and price, before a record is read."""
