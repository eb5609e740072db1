"""What is alike: projects and the indicators that measure them, texts copied from another agency."""
