"""What do the four tabular dimensions say of a person? Profiles, consents, the scorecard, portfolio constants."""
