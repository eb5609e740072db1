"""The desk: pages in the browser where a bureau works through a batch, over what `jixiao run` writes.

It never opens a workbook: a check is a child process, and what it shows comes from the store that the run left.
"""
