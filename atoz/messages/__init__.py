"""Messages to buyers and to Amazon: templates filled from a claim, and a checker of whatever is about to be sent."""
