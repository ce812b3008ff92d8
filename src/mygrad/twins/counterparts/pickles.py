"""Pickles: of a tensor they keep the values, so a gradient that goes through one is lost."""

import io
import pickle
import sys

from mygrad.engine.modes import RECORDING
from mygrad.engine.record import Handle
from mygrad.losses import lose
from mygrad.twins.calls import counterpart

__all__: list[str] = []


class _Pickler(pickle.Pickler):
    """Tells of tensors that carry a gradient."""

    def reducer_override(self, o):
        if isinstance(o, Handle) and not o.constant and RECORDING.get():
            lose(
                "A Tensor that carries a gradient was pickled, and a pickle has its values alone. Copy with "
                "copy.deepcopy, or give plain values, x.data.",
                sys._getframe(1),
            )
        return NotImplemented


@counterpart(pickle.dump)
def dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None):
    _Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)


@counterpart(pickle.dumps)
def dumps(obj, protocol=None, **options):
    file = io.BytesIO()
    dump(obj, file, protocol, **options)
    return file.getvalue()
