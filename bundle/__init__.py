"""Makes what a bureau installs: a portable Windows folder, and wheels for offices that have Python."""
