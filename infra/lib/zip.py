"""Zips each function's bootstrap; the same bytes in give the same bytes out.

usage: zip.py OUT FOLDER...   each FOLDER holds a bootstrap; OUT/<name of the folder>.zip is written
"""

import pathlib
import sys
import zipfile


def main(out, *folders):
    for folder in map(pathlib.Path, folders):
        entry = zipfile.ZipInfo("bootstrap", date_time=(1980, 1, 1, 0, 0, 0))
        entry.create_system = 3  # Unix: the permissions below count.
        entry.external_attr = 0o100755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        path = pathlib.Path(out, f"{folder.name}.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(entry, (folder / "bootstrap").read_bytes(), compresslevel=6)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


main(*sys.argv[1:])
