"""Tables, columns and their public domains, links, rules and who is protected."""
