"""Functions that answer questions about shape, dtype and dates, and the bits of whole numbers: no gradient
goes through them. Given tensors they return what NumPy returns for the arrays.
"""

import numpy as np

from mygrad.engine.rule import no_gradient

no_gradient(
    np.diag_indices_from, np.tril_indices_from, np.triu_indices_from, note="Asks for the shape alone."
)
no_gradient(np.einsum_path, note="Asks for the shapes alone.")
no_gradient(np.packbits, np.unpackbits, note="Of whole numbers and truth values.")
no_gradient(np.busday_count, np.busday_offset, np.is_busday, np.datetime_as_string, note="Of dates.")
