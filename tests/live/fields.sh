#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What alerts say of a process, its user, its descriptor and the files that it makes is
# what the process finds when it looks at itself.
set -u

suite=live
. tests/harness/live.sh "$1"
cp tests/live/fields.py "$work/"
cd "$work" || exit 1
: >"$work/tmp/watched"
chmod 644 fields.py tmp/watched
python3 fields.py rule "$work/tmp/watched" >fields.yaml

for who in $users; do
	for engine in $engines; do
		name="fields are what the program sees of itself ($engine, $who)"
		# The shell stays as the parent.
		# shellcheck disable=SC2016
		MARK="a b" as "$who" timeout -k 5 $((60 * slow)) "$falco_run" --engine "$engine" -r fields.yaml -o json_output=true -- \
			sh -c 'python3 "$1" tell "$2"; true' sh "$work/fields.py" "$work/tmp/watched" >told 2>err </dev/null
		if [ ! -s told ]; then
			fail "$name" "the program failed: $(cat err)"
		else
			verdict "$name" "$(python3 fields.py check told err)"
		fi
	done
done

# Names are looked up where the process is, which it may have moved away from us.
cat >roots.yaml <<END
- rule: opened
  desc: One open after another.
  condition: evt.type = openat and fd.name = $work/tmp/there/file and evt.arg.flags contains O_CREAT
  output: made=%evt.is_open_create;
  priority: WARNING
END
mkdir tmp/there
cat >roots.py <<'END'
import ctypes, os, sys
NEWNS, PRIVATE, RECURSIVE = 0x20000, 1 << 18, 1 << 14
libc = ctypes.CDLL(None, use_errno=True)
def make():
    os.close(os.open(os.fsencode(sys.argv[1]) + b"/file", os.O_CREAT | os.O_WRONLY))
make()
make()
if libc.unshare(NEWNS) or libc.mount(None, b"/", None, PRIVATE | RECURSIVE, None) \
        or libc.mount(b"none", os.fsencode(sys.argv[1]), b"tmpfs", 0, None):
    sys.exit(77)
make()
make()
END
for engine in $engines; do
	name="a file is made in the process's own mounts, not in ours ($engine)"
	rm -f tmp/there/file
	bounded 60 "$falco_run" --engine "$engine" -r roots.yaml -- python3 roots.py "$work/tmp/there" 2>err </dev/null
	got=$?
	if [ $got -eq 77 ]; then
		skip "$name" "mounts of its own are refused"
	else
		verdict "$name" "$([ "$(grep -o 'made=[a-z]*;' err | tr -d '\n')" = 'made=true;made=false;made=true;made=false;' ] || echo "status $got: $(cat err)")"
	fi
done
exit 0
