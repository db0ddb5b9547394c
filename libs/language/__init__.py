"""Language: how numbers, shares and units are written and read in every locale that CLDR knows.

`tags` and `shares` need nothing but Python; `locales`, `numbers_*` and `units` stand on Babel, which only the
gateway and the notifier ship.
"""
