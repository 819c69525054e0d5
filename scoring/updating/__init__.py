"""What do new rows change in a run that stands? Only what they touch is computed again, to the bytes of a full run."""
