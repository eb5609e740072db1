"""Sample submissions, redrawn byte for byte from the data files beside them: `python -m samples.build`."""
