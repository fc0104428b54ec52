#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes an image of the bundle: FROM scratch, with nothing in it but the folder /falco-run,
# which is a volume too (so that other containers can take it: --volumes-from). The file
# is an OCI image layout in a tar, and has the manifest.json that older `docker load` read.
# Owners, times, order and compression are fixed, so that two builds are equal.
#
#   image.sh BUNDLE.tar.gz VERSION EPOCH OUT.oci.tar
set -eu
umask 022
export LC_ALL=C

bundle=$1 version=$2 epoch=$3 out=$4
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
layout=$scratch/layout
blobs=$layout/blobs/sha256
mkdir -p "$blobs" "$scratch/root/falco-run"

digest_of() { # file
	sha256sum "$1" | cut -d ' ' -f 1
}
pack() { # folder, what is in it...
	folder=$1
	shift
	tar -C "$folder" --format=ustar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner -c "$@"
}
# Moves a file among the blobs; sets digest and size.
add() { # file
	digest=$(digest_of "$1") size=$(stat -c %s "$1")
	mv "$1" "$blobs/$digest"
}
descriptor() { # media type
	printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$1" "$digest" "$size"
}

tar -C "$scratch/root/falco-run" --strip-components=1 -xzf "$bundle"
find "$scratch/root" -type d -exec chmod 755 {} +
pack "$scratch/root" falco-run >"$scratch/layer.tar"
plain=$(digest_of "$scratch/layer.tar")
gzip -9n "$scratch/layer.tar"
add "$scratch/layer.tar.gz"
layer=$digest layer_entry=$(descriptor layer.v1.tar+gzip)

cat >"$scratch/config" <<END
{"created":"$created","architecture":"$architecture","os":"linux",
"config":{"Entrypoint":["/falco-run/falco-run"],"Cmd":["--help"],"Volumes":{"/falco-run":{}},
"Labels":{"org.opencontainers.image.title":"falco-run","org.opencontainers.image.version":"$version",
"org.opencontainers.image.licenses":"Apache-2.0"}},
"rootfs":{"type":"layers","diff_ids":["sha256:$plain"]},
"history":[{"created":"$created","created_by":"make image"}]}
END
add "$scratch/config"
config=$digest config_entry=$(descriptor config.v1+json)

cat >"$scratch/manifest" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
"config":$config_entry,"layers":[$layer_entry]}
END
add "$scratch/manifest"
cat >"$layout/index.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$digest","size":$size,
"platform":{"architecture":"$architecture","os":"linux"},
"annotations":{"org.opencontainers.image.ref.name":"$version","io.containerd.image.name":"docker.io/library/falco-run:$version"}}]}
END
echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
cat >"$layout/manifest.json" <<END
[{"Config":"blobs/sha256/$config","RepoTags":["falco-run:$version"],"Layers":["blobs/sha256/$layer"]}]
END
pack "$layout" oci-layout index.json manifest.json blobs >"$out"
