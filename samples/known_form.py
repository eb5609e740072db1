"""The form that the samples are filled in on."""

from __future__ import annotations

from etl.form.profiles import shipped

FORM_2023 = shipped().form("suzhou-whole-goal-2023")
FUND_FIELDS = FORM_2023.budget.fields
