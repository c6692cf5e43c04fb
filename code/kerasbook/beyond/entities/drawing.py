"""Shares as a picture: what a dictionary says of each token of a sentence."""


def plot_name_shares(axis, shares, kinds):
    """Draw how surely each type runs through each token.

    Args:
        axis: Matplotlib axes.
        shares: array `(time, kinds)`, from 0 to 1.
        kinds: names of the types.

    Returns:
        the image, for a color bar.
    """
    image = axis.imshow(shares.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.set_yticks(range(len(kinds)), kinds)
    axis.set_xlabel("character")
    axis.locator_params(axis="x", integer=True)
    for time, kind in zip(*shares.nonzero(), strict=True):
        share = shares[time, kind]
        axis.text(
            time,
            kind,
            f"{share:.1f}",
            color="white" if share > 0.6 else "black",
            ha="center",
            va="center",
            fontsize=7,
        )
    return image
