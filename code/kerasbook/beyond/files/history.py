"""Files that Keras once loaded too willingly, and since when it refuses."""

from typing import NamedTuple

from packaging.version import Version

RELEASES = (
    "3.8.0", "3.9.0", "3.10.0", "3.11.0", "3.11.3", "3.12.0", "3.12.1",
    "3.12.3", "3.13.1", "3.13.2", "3.14.1", "3.15.0", "3.15.1",
)  # fmt: skip


class Vulnerability(NamedTuple):
    """A known vulnerability (CVE): what it allows, and the affected releases.

    `spans` holds pairs: the first release affected, the first that is not.
    """

    cve: str
    effect: str
    spans: tuple


VULNERABILITIES = (
    Vulnerability("CVE-2025-1550", "import any module", (("3.0.0", "3.9.0"),)),
    Vulnerability(
        "CVE-2025-8747", "call functions of Keras", (("3.0.0", "3.11.0"),)
    ),
    Vulnerability(
        "CVE-2025-9906", "switch safe mode off", (("3.0.0", "3.11.0"),)
    ),
    Vulnerability(
        "CVE-2025-9905", "run a lambda in .h5", (("3.0.0", "3.11.3"),)
    ),
    Vulnerability(
        "CVE-2025-49655", "run a pickle in a layer", (("3.11.0", "3.11.3"),)
    ),
    Vulnerability("CVE-2025-12058", "read a text file", (("3.0.0", "3.12.0"),)),
    Vulnerability(
        "CVE-2025-12060", "unpack outside a folder", (("3.0.0", "3.12.0"),)
    ),
    Vulnerability(
        "CVE-2026-1462",
        "run a TensorFlow graph",
        (("3.0.0", "3.12.1"), ("3.13.0", "3.13.2")),
    ),
    Vulnerability(
        "CVE-2026-1669",
        "read a file as weights",
        (("3.0.0", "3.12.1"), ("3.13.0", "3.13.2")),
    ),
    Vulnerability(
        "CVE-2026-0897",
        "fill the memory",
        (("3.0.0", "3.12.3"), ("3.13.0", "3.15.0")),
    ),
    Vulnerability(
        "CVE-2026-12481",
        "run a lambda, from_config",
        (("3.0.0", "3.12.3"), ("3.13.0", "3.15.0")),
    ),
)


def affects(vulnerability, version):
    """Say whether a vulnerability affects a release of Keras."""
    release = Version(version)
    return any(
        Version(first) <= release < Version(fixed)
        for first, fixed in vulnerability.spans
    )


def vulnerabilities_of(version):
    """Known vulnerabilities that affect a release.

    Args:
        version: such as `keras.__version__`.

    Raises:
        ValueError: it is no release of Keras 3.
    """
    if not version.startswith("3."):
        raise ValueError(
            "Expected a release of Keras 3, as these records count. "
            f"Received: version={version!r}"
        )
    return [each.cve for each in VULNERABILITIES if affects(each, version)]


def plot_vulnerabilities(axis):
    """Draw which releases are affected by which vulnerability."""
    for row, vulnerability in enumerate(VULNERABILITIES):
        for column, release in enumerate(RELEASES):
            affected = affects(vulnerability, release)
            axis.plot(
                column, row, "s" if affected else ".", markersize=9,
                color="#D55E00" if affected else "#0072B2",
            )  # fmt: skip
    axis.set_xticks(range(len(RELEASES)), RELEASES, rotation=60, fontsize=8)
    labels = [f"{each.cve[4:]}: {each.effect}" for each in VULNERABILITIES]
    axis.set_yticks(range(len(VULNERABILITIES)), labels, fontsize=8)
    axis.invert_yaxis()
    axis.set_xlabel("release of Keras")
