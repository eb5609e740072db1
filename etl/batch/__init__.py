"""A batch of files from paths to findings: chunks on any executor, put together again."""
