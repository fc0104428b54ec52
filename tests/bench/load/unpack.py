# SPDX-License-Identifier: Apache-2.0
"""What pip does with a wheel: unpack, hash, write, compile. unpack.py WHEEL DIR"""
import compileall
import hashlib
import os
import shutil
import sys
import zipfile

wheel, target = sys.argv[1:]
shutil.rmtree(target, ignore_errors=True)
with zipfile.ZipFile(wheel) as z:
    for info in z.infolist():
        path = os.path.join(target, info.filename)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = z.read(info)
        hashlib.sha256(data).hexdigest()
        with open(path, "wb") as f:
            f.write(data)
compileall.compile_dir(target, quiet=2, workers=1)
