"""The shipped form profiles by name, for tests that ask for one."""

from __future__ import annotations

from checks.declared.text_key import text_key
from checks.frames.tables import declared
from etl.form.profiles import shipped

FORM_2023 = shipped().form("suzhou-whole-goal-2023")
FORM_2024 = shipped().form("suzhou-whole-goal-2024")
BUDGET_2023 = FORM_2023.budget
DECLARED = declared(BUDGET_2023)
FUND_FIELDS = BUDGET_2023.fields
COMMON = BUDGET_2023.framework.known
SUMS, ORDERS, SUM_BY_CODE = BUDGET_2023.sums, BUDGET_2023.orders, BUDGET_2023.sum_by_code
BY_KEY = {text_key(common.name): number for number, common in enumerate(COMMON)}
EFFECT_LEVELS = dict(BUDGET_2023.second_levels)
common_position = BUDGET_2023.framework.position
