"""What is read out of sentences: staff and quotas, years, what a text says at all."""
