"""What the bureau gives beside the forms: roster, approved budgets, last year's results."""
