"""Team hours: whether the people who handle claims are at work in time for every duty of a policy.

`Team` is a TOML file: zone, hours, holidays, members, absences. `working_intervals` says when somebody is at work,
`check_team` which arrivals of a buyer's or Amazon's message a policy's duties cannot be done in time for.
"""
