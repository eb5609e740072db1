"""Draws the documents that are generated: handbook, command reference, transcripts in the READMEs."""
