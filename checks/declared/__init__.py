"""What is declared once: fund lines, common indicators, money and how exactly it is compared."""
