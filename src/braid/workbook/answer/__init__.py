"""The sheets of an answer beyond its ledger: what finance, programs and auditors look up, each added up from it."""
