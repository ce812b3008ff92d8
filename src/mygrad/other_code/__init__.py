"""Rules for functions that somebody else wrote.

`defining` has `define_rule`, which gives one to any callable; `foreign` is what tensors are then given to.
The other modules are chapters, one for each module of another package, which are loaded when that is used.
"""

from mygrad.engine.chapters import waiting

waiting["mygrad.other_code.scipy.special"] = "scipy.special"
