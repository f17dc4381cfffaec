"""The ground floor: errors, exact money, fiscal time and plain tables. Imports nothing of braid above it."""
