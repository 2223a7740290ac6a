"""The member side of the café API: what the program at a seat and members' own programs call."""
