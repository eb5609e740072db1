"""What may be typed: options that several commands share, and their help in Chinese."""
