"""``python -m mygrad``: a tour on measured data."""

import sys

from mygrad.tour import main

if __name__ == "__main__":
    sys.exit(main())
