"""Messages to people who are not at a screen of ours: text messages by the centre's provider."""
