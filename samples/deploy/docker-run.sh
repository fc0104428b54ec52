#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An image as it is, under falco-run: its files come from a container that has ended. podman
# does as well as docker.
# Needed: the image's own Entrypoint and Cmd after the -- (README.md says how to see them);
# Docker's defaults do.
# Not seen: what `docker exec` and a HEALTHCHECK start. sudo and su lose their set-user-ID bit.
set -eu

files=falco-run-0.1.0
docker container inspect "$files" >/dev/null 2>&1 || docker run --name "$files" falco-run:0.1.0 --version >/dev/null
exec docker run --rm -p 8080:8080 --volumes-from "$files:ro" --entrypoint /falco-run/falco-run \
	nginxinc/nginx-unprivileged:1.27-alpine --ruleset service -o json_output=true -- \
	/docker-entrypoint.sh nginx -g 'daemon off;'
