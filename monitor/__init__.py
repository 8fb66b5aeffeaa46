"""A self-hosted monitor of coverage of Belarusian political-prisoner releases.

Coverage enters on the left, an alert leaves on the right, nothing runs backwards::

    sources -> gather -> read -> compare -> FACTS -> match -> BUNDLE -> compose -> deliver -> a person
               '------- archive.db: public -------'  '-------- private.db: sealed --------'
"""

__version__ = "0.1.0"
