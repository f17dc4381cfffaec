"""The forms that are filed: with funders (SF-424A, detailed budget, SF-425), boards, auditors and the ledger."""
