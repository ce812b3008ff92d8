"""The places at which a window stands that slides over an array by steps."""

from mygrad.windows import spans

__all__ = ["counted"]


def counted(sizes, window, stride, padding, dilation):
    """How many places there are along each axis.

    Raises
    ------
    ValueError
        If the window doesn't fit, or its last step leads beyond the end.
    """
    counts = []
    for axis, (size, span, step, more) in enumerate(
        zip(sizes, spans(window, dilation), stride, padding, strict=True)
    ):
        count, left = divmod(size + 2 * more - span, step)
        if count < 0 or left:
            raise ValueError(
                f"Windows that span {span} elements don't cover a length of {size}, padded by {more} on each "
                f"side, in steps of {step}: axis {axis} of those that they slide over. The lengths are "
                f"{tuple(sizes)}, the windows {tuple(window)}, with stride {tuple(stride)}, padding "
                f"{tuple(padding)} and dilation {tuple(dilation)}."
            )
        counts.append(count + 1)
    return tuple(counts)
