#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks an OCI image layout in a tar, and unpacks its layers.

  image.py IMAGE.oci.tar FOLDER

Every blob is what its name says; index, manifest and configuration point to what is there,
with its size; the layers, unpacked, are what the configuration says; manifest.json, for
`docker load`, names the same. Prints what is wrong, a line each.
"""
import gzip
import hashlib
import io
import json
import sys
import tarfile

WRONG = []


def demand(what, why):
    if not what:
        WRONG.append(why)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def main():
    with tarfile.open(sys.argv[1]) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
        times = {member.mtime for member in tar}
    blobs = {"sha256:" + name.split("/")[2]: data for name, data in files.items() if name.startswith("blobs/")}
    for name, data in blobs.items():
        demand(sha256(data) == name, "blob %s is %s" % (name, sha256(data)))
    demand(len(times) == 1, "files of different times")
    demand(json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}, "oci-layout")

    used = set()

    def follow(entry, kind):
        used.add(entry["digest"])
        demand(entry["mediaType"] == "application/vnd.oci.image." + kind, "type of " + entry["digest"])
        demand(entry["size"] == len(blobs[entry["digest"]]), "size of " + entry["digest"])
        return blobs[entry["digest"]]

    index = json.loads(files["index.json"])
    manifest = json.loads(follow(index["manifests"][0], "manifest.v1+json"))
    config = json.loads(follow(manifest["config"], "config.v1+json"))
    layers = [gzip.decompress(follow(entry, "layer.v1.tar+gzip")) for entry in manifest["layers"]]
    demand([sha256(layer) for layer in layers] == config["rootfs"]["diff_ids"], "diff_ids")
    demand(used == set(blobs), "blobs that nobody names")
    old = json.loads(files["manifest.json"])[0]
    named = ["sha256:" + path.split("/")[2] for path in [old["Config"]] + old["Layers"]]
    demand(named == [manifest["config"]["digest"]] + [entry["digest"] for entry in manifest["layers"]],
           "manifest.json names other blobs")
    for layer in layers:
        with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
            demand(all(member.name == "falco-run" or member.name.startswith("falco-run/") for member in tar),
                   "there is more in it than /falco-run")
            demand(all((member.uid, member.gid) == (0, 0) for member in tar), "files that are not root's")
            tar.extractall(sys.argv[2])
    print(*WRONG, sep="\n", end="\n" if WRONG else "")


main()
