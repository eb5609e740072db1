"""The one exception for a run that cannot be done as asked; the command line turns it into exit code 2."""


class Refusal(Exception):
    """What is wrong with how the program was called, in one line for the person who called it."""
