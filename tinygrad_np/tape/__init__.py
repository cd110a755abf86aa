"""The mechanism: nodes, ops and their rules, the walk back, changes in place."""
