"""`python -m service.docs`: write the generated pages, or with ``--check`` name those that differ."""

import sys

from service.docs.pages import main

sys.exit(main(sys.argv[1:]))
