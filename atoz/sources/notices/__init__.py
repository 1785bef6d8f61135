"""E-mail notices: what Amazon's mail on a claim says, in every language that a source supports.

A mail is taken apart (`email`, `html_text`), Amazon's own part of it is found (`quoting`) with its `sender`, its
`sentences` are read by the `phrases` of the data file, with `stated_times` and `amounts`, and the result is a `Notice`
(`notice_record`) with its `caveats`.
"""
