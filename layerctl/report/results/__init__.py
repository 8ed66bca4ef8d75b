"""What each command finds, as values, and the one JSON form of each."""
