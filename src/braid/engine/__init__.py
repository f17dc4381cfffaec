"""From limits to a plan in whole units: the linear program, its solution, and the rounding that keeps every rule."""
