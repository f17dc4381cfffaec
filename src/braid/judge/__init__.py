"""What the rules make of a proposal: needs, installments, determinations, on-costs and limits. No solver, no plan."""
