"""What leaves the custodian: the release folder, its card and its manifest."""
