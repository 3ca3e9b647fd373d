"""The desk: clips, jobs, accounts, links and reviews behind the pages; who may do what with which of them.

A service layer over the store, a data folder and `workflow`. Not here: HTTP and HTML (`web`), options and
exit codes (`cli`).
"""
