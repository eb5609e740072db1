"""The home folder of the desk: batches as they were handed in, outputs as `jixiao run` writes them, and the desk's own database."""
