"""What stands between the network and the pages: hosts, origins, sizes, sessions, roles."""
