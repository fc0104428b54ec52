#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An image as it is, under falco-run: its files come from a container that never starts.
# Needed: the image's own command, to be written down; Docker's defaults do.
# Not seen: what `docker exec` starts. sudo and su lose their set-user-ID bit.
set -eu

docker create --name falco-run falco-run:0.1.0
exec docker run --rm --volumes-from falco-run:ro --entrypoint /falco-run/falco-run \
	nginx:1.27-alpine --ruleset service -o json_output=true -- nginx -g 'daemon off;'
