#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures the engine with the upstream rules in FALCO_RUN_DATA/rules, or with the
# built-in ones where there are none.
#
#   engine.sh BUILD
set -eu

data=${FALCO_RUN_DATA:-../shared/data}/rules
rules=()
for name in falco_rules falco-incubating_rules falco-sandbox_rules; do
	[ -e "$data/$name.yaml" ] && rules+=("$data/$name.yaml")
done
if [ ${#rules[@]} -eq 0 ]; then
	echo "SKIP upstream rules: none in $data"
	rules=(rules/*.yaml)
fi
exec "$1/tests/bench/engine" "${rules[@]}"
