"""What of the input stands? Checks of each row, of rows among themselves, and what is said of those that fall."""
