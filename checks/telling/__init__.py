"""How findings are told: equal ones as one, what the template pre-filled once, and the handbook."""
