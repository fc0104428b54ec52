#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A program that makes 32-bit calls, from 64-bit code (int 0x80) or as a 32-bit
# program, in the older and the newer ways: the same events as its 64-bit twin, field
# for field, under every engine; and what it does is what it does without us.
set -u

suite=live
. tests/harness/live.sh "$1"

cc=${CC:-cc}
flags="-nostdlib -static -ffreestanding -fno-builtin -fno-pie -no-pie -fno-stack-protector -O1"

cat >"$work/rules.yaml" <<'END'
- rule: call
  desc: every call of the program
  condition: evt.num > 0 and proc.exepath endswith /twin and not evt.type in (brk, procexit, exit_group)
  output: "%evt.type | %evt.args | %evt.res | %fd.name | %fd.num | %proc.name"
  priority: INFORMATIONAL
END
build_twin() { # folder, compiler's options
	mkdir -p "$work/$1"
	chmod 1777 "$work/$1"
	# shellcheck disable=SC2086
	$cc $flags $2 -o "$work/$1/twin" tests/live/abi/calls.c 2>"$work/$1/why"
}

# What the program does, in a folder of its own.
run_twin() { # folder, command...
	local folder=$1
	shift
	(cd "$work/$folder" && rm -rf abi.d && bounded 60 "$@")
}

if [ "$(uname -m)" != x86_64 ]; then
	skip "32-bit calls" "their tests are for x86-64, this is $(uname -m)"
	exit 0
fi
if ! build_twin wide ""; then
	skip "32-bit calls" "the 64-bit twin does not build: $(head -n 1 "$work/wide/why")"
	exit 0
fi

watch_twin() { # folder, engine
	run_twin "$1" "$falco_run" --engine "$2" -r "$work/rules.yaml" \
		-o json_output=false -- ./twin \
		2>"$work/$1.$2" </dev/null
}

first=${engines# }
first=${first%% *}
for kind in wide: int80:-DINT80 "int80-old:-DINT80 -DOLD" m32:-m32 "m32-old:-m32 -DOLD"; do
	folder=${kind%%:*}
	if ! build_twin "$folder" "${kind#*:}"; then
		skip "calls of $folder" "the compiler cannot build it: $(head -n 1 "$work/$folder/why")"
		continue
	fi
	run_twin "$folder" ./twin 2>/dev/null
	plain=$?
	if [ $folder = wide ]; then
		wide=$plain
	elif [ $plain -ne "$wide" ]; then
		skip "calls of $folder" "this kernel does not run them (no IA32 emulation)"
		continue
	fi
	for engine in $engines; do
		watch_twin "$folder" "$engine"
		status=$?
		if [ $status -ne $plain ]; then
			fail "calls of $folder under $engine: status $plain" "it is $status: $(tail -n 3 "$work/$folder.$engine")"
			continue
		fi
		verdict "calls of $folder under $engine: the events of its 64-bit twin" \
			"$(python3 tests/live/twins.py "$work/wide.$first" "$work/$folder.$engine" 2>&1)"
		verdict "calls of $folder under $engine: no blind spot" \
			"$(grep 'not watched' "$work/$folder.$engine")"
	done
done
exit 0
