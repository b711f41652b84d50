"""A fictional news site on this machine: what the demo and the tests crawl instead of the web.

Eight invented outlets with their own mark-up, feeds and bad habits. Nothing here reports real
news, and nothing here belongs to the path of real articles (see `pipeline/catalog.py`).
"""
