"""What must hold between the amounts of a form, as people write it."""

from __future__ import annotations

from checks.declared.budget import Budget
from checks.declared.relation import AtMost, Relation


def sum_text(budget: Budget, relation: Relation) -> str:
    """Return a sum: `资金总额 = 基本支出(全年) + 项目支出(全年)`."""
    total = " + ".join(budget.field_name(total) for total in relation.totals)
    if relation.rows:
        return f"{total} = 各项目{budget.period_name(relation.rows)}之和"
    return f"{total} = {' + '.join(budget.field_name(part) for part in relation.parts)}"


def order_text(budget: Budget, order: AtMost) -> str:
    """Return what is never above something: `基本支出(半年) ≤ 基本支出(全年)`."""
    if order.of == "sum":
        return f"各行金额之和 ≤ {budget.field_name(order.larger)}"
    if order.table == "projects":
        return f"各项目{budget.period_name(order.smaller)} ≤ {budget.period_name(order.larger)}"
    return f"{budget.field_name(order.smaller)} ≤ {budget.field_name(order.larger)}"
