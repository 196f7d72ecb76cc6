"""The command `python -m common.texts update PACKAGE`: brings catalogues up to date with code and templates."""

import argparse
import sys

from common.texts.extraction import update


def main() -> int:
    """0 when nothing is left to translate, else 1."""
    parser = argparse.ArgumentParser(prog="python -m common.texts", description=__doc__)
    parser.add_argument("act", choices=["update"])
    parser.add_argument("package", nargs="+", help="common, intake, routing or notifications")
    arguments = parser.parse_args()
    left = 0
    for package in arguments.package:
        for language, missing in update(package).items():
            sys.stdout.write(f"{package} {language}: {missing} to translate\n")
            left += missing
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
