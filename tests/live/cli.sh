#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The command line: what run mode and Falco's own modes say and how they end, and
# where alerts go. Exit statuses of programs are exits.sh's, bad input is input.sh's.
# Conditions are text that expect() evaluates.
# shellcheck disable=SC2016,SC2317
set -u

suite=live
. tests/harness/live.sh "$1"
cp "$build/tests/live/no_seccomp" "$build/tests/live/three_deep" "$work/bin/" || exit 1
no_seccomp=$work/bin/no_seccomp
cd "$work" || exit 1

rule() { # name, file read
	printf -- '- rule: %s\n  desc: d\n  condition: evt.type in (open, openat) and fd.name = %s\n' "$1" "$2"
	printf '  output: read (%%fd.name)\n  priority: WARNING\n  tags: [t]\n'
}
secret=$work/tmp/secret
echo secret >"$secret"
mkdir -p rules.d
rule First "$secret" >rules.d/a.yaml
rule Second "$secret" >rules.d/b.yml
printf 'a: [\n' >broken.yaml
printf 'json_output: true\nnonsense: 1\n' >conf.yaml
printf '#!/bin/sh\n' >prog
chmod +x prog

# Runs falco-run; out, err and status are what it gave.
run() { # arguments...
	bounded 30 "$falco_run" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}

# Every further argument must hold; the test's reason is the first that does not.
expect() { # name, condition...
	local name=$1 condition
	shift
	for condition; do
		if ! eval "$condition"; then
			fail "$name" "$condition: status $status, out '$out', err '$err'"
			return
		fi
	done
	pass "$name"
}

has() { # text, pattern
	grep -qE -- "$2" <<<"$1"
}

# --- Help for who writes rules ---
cat >dubious.yaml <<'END'
- rule: Never
  desc: d
  condition: evt.type = open and proc.name = a and proc.name = b
  output: x
  priority: INFO
END
cat >good_test.yaml <<END
- test: reading it is seen
  rule: First
  event: openat
  fields: {fd.name: $secret}
END
sed 's,fd.name: .*,fd.name: /other},' good_test.yaml >bad_test.yaml
run -r rules.d/a.yaml --explain First
expect "--explain lays a rule open" '[ $status -eq 0 ]' 'has "$out" "^Event types: open, openat$"' 'has "$out" "can be final there: open, openat$"'
run --explain Nonesuch
expect "--explain of a rule that is not there" '[ $status -eq 1 ]' 'has "$err" "^falco-run: Rule \"Nonesuch\" is not loaded$"'
run -r rules.d/a.yaml --lint
expect "--lint of good rules" '[ $status -eq 0 ]' '[ "$out" = "1 rule looked at, 0 doubts" ]' '[ -z "$err" ]'
run -r dubious.yaml --lint
expect "--lint of a rule that never fires" '[ $status -eq 1 ]' 'has "$out" "^dubious.yaml:1: rule .Never.: can never fire: "' '[ -z "$err" ]'
run -r rules.d/a.yaml --test good_test.yaml --test good_test.yaml
expect "--test of a good rule" '[ $status -eq 0 ]' 'has "$out" "^ok   reading it is seen$"' 'has "$out" "^1 passed, 0 failed$"'
run -r rules.d/a.yaml --test good_test.yaml --test bad_test.yaml
expect "--test that fails says why" '[ $status -eq 1 ]' 'has "$out" "FAIL reading it is seen: bad_test.yaml:1: openat: .First. does not match: fd.name = $secret is false .fd.name=/other.$"'
run -r rules.d/a.yaml --test rules.d/a.yaml
expect "--test of a file of other things" '[ $status -eq 1 ]' 'has "$err" "^falco-run: rules.d/a.yaml:1: unknown key .rule.|^falco-run: .*unknown key"'
run -r rules.d/a.yaml --why First -- cat "$secret"
expect "--why tells of each event" '[ $status -eq 0 ]' '[ "$out" = secret ]' 'has "$err" "^falco-run: why: openat by cat\\[[0-9]+\\]: match: "' 'has "$err" "decided at entry: no match: fd.name = "' 'has "$err" "^falco-run: why: [0-9]+ events judged, 1 matched$"'
run -r rules.d/a.yaml --why Nonesuch -- true
expect "--why of a rule that is not there" '[ $status -eq 125 ]' 'has "$err" "is not loaded"'

# --- Own modes ---
run --help
expect "--help ends well and names its options" '[ $status -eq 0 ]' 'has "$out" "--engine"' '[ -z "$err" ]'
run -h
expect "-h is --help" '[ $status -eq 0 ]' 'has "$out" "--fail-on"'
run --version
expect "--version says what it speaks" '[ $status -eq 0 ]' 'has "$out" "^Engine: +0.63.0$"'
run -o json_output=true --version
expect "--version as JSON" '[ $status -eq 0 ]' 'has "$out" "\"engine_version\":\"63\""'
run --probe
expect "--probe names an engine" '[ $status -eq 0 ]' 'has "$out" "notify|trace"'
run --probe=json
expect "--probe=json names it too" '[ $status -eq 0 ]' 'has "$out" "^\{\"engine\":\"(notify|p?trace)\",.*\"mechanisms\":\{"'
if unshare -fp true 2>/dev/null; then
	bounded 30 unshare -fp "$falco_run" --probe >"$work/out" 2>"$work/err"
	status=$? out=$(cat out) err=$(cat err)
	expect "--probe names no engine where /proc is another namespace's" '[ $status -eq 1 ]' 'has "$out" "^engine +none$"' \
		'has "$out" "^/proc of our own pid namespace +No such process$"' 'has "$out" "^what helps +mount a /proc: "'
	bounded 30 unshare -fp "$falco_run" --probe=json >"$work/out" 2>"$work/err"
	status=$? out=$(cat out) err=$(cat err)
	expect "--probe=json names none either" '[ $status -eq 1 ]' 'has "$out" "^\{\"engine\":null,"' 'has "$out" "\"remedy\":"' \
		'python3 -m json.tool out >/dev/null'
else
	skip "--probe where /proc is another namespace's" "no pid namespace can be made here"
fi
run --probe=xml
expect "--probe knows no other shape" '[ $status -eq 1 ]' 'has "$err" "must be json"'
bounded 30 "$no_seccomp" "$falco_run" --probe=json >"$work/out" 2>"$work/err"
status=$? out=$(cat out) err=$(cat err)
expect "where seccomp(2) is refused, ptrace is what is left" '[ $status -eq 0 ]' \
	'has "$out" "^\{\"engine\":\"ptrace\""' 'has "$out" "\"seccomp_trace\":\{\"works\":false,\"error\":\"EPERM\"\}"'
bounded 30 strace -f -o /dev/null "$falco_run" -- sh -c 'cat /etc/shadow; exit 5' >"$work/out" 2>"$work/err"
status=$? err=$(cat err)
expect "under strace it sees all but the ends of calls" '[ $status -eq 5 ]' 'has "$err" "ensitive file.*/etc/shadow"' \
	'has "$err" "could not be followed"'
run --list -N
expect "--list needs no configuration file" '[ $status -eq 0 ]' 'has "$out" "^proc.cmdline$"'
run -L
expect "-L without a file shows the built-in rules" '[ $status -eq 0 ]' 'has "$out" "^Privileged container started"'
run -V rules.d/a.yaml
expect "-V needs no configuration file" '[ $status -eq 0 ]' '[ "$out" = "rules.d/a.yaml: Ok" ]'
run --support
expect "--support needs no configuration file" '[ $status -eq 0 ]' 'python3 -m json.tool out >/dev/null'
run --dry-run
expect "--dry-run needs a configuration file" '[ $status -eq 1 ]' 'has "$err" "must create a config file"'
run -c conf.yaml -L
expect "a configuration file must name rules" '[ $status -eq 1 ]' 'has "$err" "at least one rules file"'
run -c conf.yaml --list -N
expect "--list -N gives names" '[ $status -eq 0 ]' 'has "$out" "^proc.cmdline$"'
run --list-events
expect "--list-events gives events" '[ $status -eq 0 ]' 'has "$out" "openat"'
run -i
expect "-i gives the ignored calls" '[ $status -eq 0 ]' 'has "$out" "^- write$"'
run -c conf.yaml -V rules.d/a.yaml -V rules.d/b.yml
expect "-V of good files" '[ $status -eq 0 ]' 'has "$out" "falco_load_results"'
run -c conf.yaml -o json_output=false -V rules.d/a.yaml
expect "-V in text" '[ $status -eq 0 ]' '[ "$out" = "rules.d/a.yaml: Ok" ]'
printf 'nothing\n' >bad.yaml
run -c conf.yaml -V rules.d/a.yaml -V bad.yaml
expect "-V of a bad file after a good one says both" '[ $status -eq 1 ]' 'has "$err" "Error: rules.d/a.yaml: Ok
bad.yaml: Invalid"'
run -c conf.yaml -V rules.d
expect "-V of a directory" '[ $status -eq 1 ]' 'has "$err" "error reading the file: Is a directory. Exiting."'
run -c conf.yaml -V missing.yaml
expect "-V of a missing file" '[ $status -eq 1 ]' 'has "$err" "Could not open file missing.yaml"' '[ -z "$out" ]'
run -c conf.yaml -o json_output=false -r rules.d -L
expect "-L of a directory" '[ $status -eq 0 ]' 'has "$out" "^First "' 'has "$out" "^Second "'
run -c conf.yaml -r rules.d -l Nobody
expect "-l of an unknown rule" '[ $status -eq 1 ]' 'has "$err" "Rule \"Nobody\" is not loaded"'
run -c conf.yaml -r rules.d -o stdout_output.enabled=true --dry-run
expect "--dry-run of good rules" '[ $status -eq 0 ]'
run -c conf.yaml -r rules.d --support
expect "--support is JSON" '[ $status -eq 0 ]' 'python3 -m json.tool out >/dev/null'
run --config-schema
expect "--config-schema is JSON" '[ $status -eq 0 ]' 'python3 -m json.tool out >/dev/null'
run -c conf.yaml -r rules.d -o stdout_output.enabled=true -o engine.kind=replay -o engine.replay.capture_file=x
expect "a mode that is not built says so" '[ $status -eq 1 ]' 'has "$err" "not built yet"'
run --nonsense --help
expect "an unknown option" '[ $status -eq 1 ]' 'has "$err" "Error: Option .+nonsense.+ does not exist"'
run -c broken.yaml --version
expect "a broken configuration" '[ $status -eq 1 ]' 'has "$err" "broken.yaml"' 'has "$err" "line 2"'
run -c conf.yaml -o log_stderr=true --version
expect "an unknown key is reported" '[ $status -eq 0 ]' 'has "$err" "schema validation: failed for .*nonsense"'

# --- Run mode: mistakes ---
run
expect "nothing at all" '[ $status -eq 125 ]' 'has "$err" "^usage: "'
run true
expect "a command without --" '[ $status -eq 125 ]' 'has "$err" "'"'true'"'.*after --"' '[ -z "$out" ]'
for line in "ls -L" "-L ls" "--ruleset ci --fail-on warning cat -L x" "sh -h" "sh --version" "sh --list-events" "./prog --version" "sh --nonsense"; do
	# shellcheck disable=SC2086
	run $line
	expect "a forgotten -- in '$line' is no success" '[ $status -eq 125 ]' '[ -z "$out" ]' '[ "$(wc -l <err)" -eq 1 ]' \
		'has "$err" "is a program: to run it with its options, write falco-run .options. -- "'
done
run word --version
expect "a word that is no program changes nothing for a mode" '[ $status -eq 0 ]' 'has "$out" "^Engine:"'
run -q extra -- true
expect "a word before --" '[ $status -eq 125 ]' 'has "$err" "'"'extra'"'"'
run --
expect "-- and nothing more" '[ $status -eq 125 ]' 'has "$err" "no command after --"'
run -o jsn_output=true -- true
expect "a misspelt key of -o" '[ $status -eq 125 ]' '[ "$err" = "falco-run: -o jsn_output: no such key; did you mean json_output?" ]'
run -o 'rules[0]={"disabel": {"rule": "*"}}' -- true
expect "a misspelt key in a value of -o" '[ $status -eq 125 ]' 'has "$err" "rules...disabel: no such key; did you mean rules...disable"'
run -c conf.yaml -r rules.d -- true
expect "an unknown key of a file is a warning" '[ $status -eq 0 ]' 'has "$err" "schema validation: failed for .*nonsense"'
run -o engine.kind=replay -o engine.replay.capture_file=x -- true
expect "a replay with a command" '[ $status -eq 125 ]' 'has "$err" "replay"'
run -o stdout_output.enabled=false -- true
expect "no output at all" '[ $status -eq 125 ]' 'has "$err" "No output configured"'
run -o file_output.enabled=true -o file_output.filename=/nonexistent/f -- true
expect "an output file that cannot be opened" '[ $status -eq 0 ]' 'has "$err" "Failed to init output: .*/nonexistent/f"'
run -o stdout_output.enabled=false -o file_output.enabled=true -o file_output.filename=/nonexistent/f -- true
expect "an output file that cannot be opened, and no other output" '[ $status -eq 125 ]' 'has "$err" "No output configured"'
mkdir -p empty.d
run -r empty.d -- true
expect "a directory without rules" '[ $status -eq 125 ]' 'has "$err" "no rules file at empty.d"'
run -r "$secret" -- true
expect "a rules file without the ending" '[ $status -eq 125 ]' 'has "$err" "ending .yaml"'
run -r rules.d -o 'rules[]={"disable": {"rule": "*"}}' -- true
expect "all rules disabled" '[ $status -eq 125 ]' 'has "$err" "no rule is loaded and enabled"'
run "$(printf 'a\033[31mb')"
expect "a hostile word is shown escaped" '[ $status -eq 125 ]' 'has "$err" "a.x1b"'

# --- Run mode: where alerts go ---
look=(cat "$secret")
for engine in $engines; do
	run --engine "$engine" -r rules.d -- "${look[@]}"
	expect "one alert, the first rule's, on standard error under $engine" '[ $status -eq 0 ]' \
		'[ "$out" = secret ]' '[ "$(grep -c "Warning read ($secret)" err)" -eq 1 ]'
	run --engine "$engine" -r rules.d -o rule_matching=all -- "${look[@]}"
	expect "all rules match when asked under $engine" '[ "$(grep -c "Warning read" err)" -eq 2 ]'
done
run -r rules.d/a.yaml -- "${look[@]}"
expect "nothing but the alert is said" '[ "$(wc -l <err)" -eq 1 ]'
run -r rules.d/a.yaml -o json_output=true -- "${look[@]}"
expect "JSON has the rule and its fields" \
	'python3 -c "import json,sys; a=json.load(open(\"err\")); sys.exit(not (a[\"rule\"]==\"First\" and a[\"tags\"]==[\"t\"] and a[\"output_fields\"][\"fd.name\"]==\"$secret\"))"'
run -r rules.d/a.yaml -o json_output=true -o json_include_tags_property=false -o json_include_output_property=false -- "${look[@]}"
expect "JSON parts can be left out" '! has "$err" "\"(tags|output)\":"' 'has "$err" "output_fields"'
# Through a pipe: cat(1) copies into a file with copy_file_range(2), which does not
# respect another writer at the same offset.
out=$(bounded 30 "$falco_run" -r rules.d/a.yaml --alerts-on-stdout -- "${look[@]}" 2>err | cat)
err=$(cat err)
expect "--alerts-on-stdout" 'has "$out" "Warning read"' 'has "$out" "^secret$"' '[ -z "$err" ]'
run -r rules.d/a.yaml -o stdout_output.enabled=false -o file_output.enabled=true -o file_output.filename="$work/alerts" -- "${look[@]}"
expect "file_output alone" '[ -z "$err" ]' 'grep -q "Warning read" alerts'
run -c conf.yaml -r rules.d/a.yaml -- "${look[@]}"
expect "a named configuration is used" 'has "$err" "^\{.*\"rule\":\"First\""'
run -q -r rules.d/a.yaml -c conf.yaml -- "${look[@]}"
expect "-q leaves nothing but alerts" '! has "$err" "^falco-run"' 'has "$err" "First"'
run -v -r rules.d/a.yaml -- "${look[@]}"
expect "-v shows the counts" 'has "$err" "^Events detected: 1$"' 'has "$err" "^   First: 1$"'
run -P "$work/pid" -q -- true
expect "-P writes the pid" 'grep -qE "^[0-9]+$" pid'

# --- Run mode: awkward readers ---
bounded 30 "$falco_run" -r rules.d/a.yaml -- sh -c "cat $secret >/dev/null; exit 4" 2>&1 >/dev/null | true
status=${PIPESTATUS[0]} out="" err=""
expect "a reader that is gone changes nothing" '[ $status -eq 4 ]'
mkfifo stuck
exec 9<>stuck
bounded 60 "$falco_run" -q -r rules.d/a.yaml -- \
	sh -c "i=0; while [ \$i -lt 2000 ]; do read x <$secret; i=\$((i + 1)); done; exit 6" 2>stuck
status=$?
exec 9<&-
expect "a reader that does not read holds nobody" '[ $status -eq 6 ]'
bounded 30 "$falco_run" -r rules.d/a.yaml -- sh -c "cat $secret; exit 2" 2>&- >"$work/out"
status=$? out=$(cat out)
expect "a closed standard error" '[ $status -eq 2 ]' '[ "$out" = secret ]'

# --- Run mode: events in place of alerts ---
for engine in $engines; do
	run --engine "$engine" --events="evt.type=openat and fd.name=$secret" -- "${look[@]}"
	expect "--events is a line an event, as sysdig has it, under $engine" '[ $status -eq 0 ]' '[ "$out" = secret ]' \
		'has "$err" "^[0-9]+ [0-9]{2}:[0-9:.]+ [^ ]+ cat \([0-9]+\) < openat fd=[0-9]+\(<f>$secret\) dirfd=-100.*flags=1\(O_RDONLY\)"' \
		'[ "$(wc -l <err)" -eq 1 ]'
	run --engine "$engine" --events -p "%evt.type %evt.res" -- "${look[@]}"
	expect "--events without a filter is every event under $engine" '[ $status -eq 0 ]' \
		'has "$err" "^execve SUCCESS$"' 'has "$err" "^read SUCCESS$"' 'has "$err" "^exit_group"' '[ "$(wc -l <err)" -gt 15 ]'
done
run -r rules.d -o 'rules[].disable.rule=Frist' -- true
expect "a rule to be disabled that there is not" '[ $status -eq 0 ]' 'has "$err" "no rule has the name Frist; did you mean First\\?"'
run --engin notify -- true
expect "a misspelt option" '[ $status -eq 125 ]' 'has "$err" "Option .+engin.+ does not exist; did you mean --engine\\?"'
sed 's/  desc: d/&\n  source: aws_cloudtrail/' rules.d/a.yaml >cloud.yaml
run -r cloud.yaml -- true
expect "a source that is not here is named" '[ $status -eq 125 ]' 'has "$err" "the source aws_cloudtrail is not here"'
cp "$falco_run" binary.yaml
run -r binary.yaml -- true
expect "a rules file that is no text" '[ $status -eq 125 ]' 'has "$err" "^falco-run: binary.yaml is no text: "'
run -q -- "$falco_run" -q -- "$falco_run" -- true
expect "who nests too deep is told so" '[ $status -eq 0 ] || has "$err" "another falco-run .pid [0-9]+. watches this one"'
bounded 30 "$no_seccomp" "$falco_run" -r rules.d/a.yaml -- true >"$work/out" 2>"$work/err"
status=$? out=$(cat out) err=$(cat err)
expect "auto says that engine ptrace is slow" '[ $status -eq 0 ]' '[ "$(grep -c "engine ptrace is what works here" err)" -eq 1 ]'
run --events='evt.type=openat and fd.nmae=/x' -- true
expect "a wrong filter is shown with a caret" '[ $status -eq 125 ]' 'has "$err" "^falco-run: --events: .*nonexistent field fd.nmae$"' \
	'has "$err" "^evt.type=openat and fd.nmae=/x$"' 'has "$err" "^ {29}\^$"'
run --events='a "quoted
' -- true
expect "a filter that would end its quotes is only wrong" '[ $status -eq 125 ]' 'has "$err" "^falco-run: --events: "'
run --events=evt.type=execve -p '%proc.nam' -- true
expect "a wrong format is refused" '[ $status -eq 125 ]' 'has "$err" "^falco-run: --events: "'
expect "a wrong format names its field" 'has "$err" "there is no field proc.nam; did you mean proc.name\\?"'
run -p '%proc.nme' -- true
expect "a field of -p that there is not is -p's mistake, and said once" '[ $status -eq 125 ]' \
	'[ "$(grep -v deprecated err)" = "falco-run: -p: there is no field proc.nme; did you mean proc.name?" ]'
run -o 'append_output[].extra_output=%toupper(proc.nme)' -- true
expect "so is one of append_output" '[ $status -eq 125 ]' \
	'[ "$err" = "falco-run: append_output: extra_output: there is no field proc.nme; did you mean proc.name?" ]'
run -p '%evt.arg' -- true
expect "a field without its argument is no unknown one" '[ $status -eq 125 ]' 'has "$err" "^falco-run: -p: the field evt.arg cannot be written so"'
sed 's/%fd.name/%fd.nam/' rules.d/a.yaml >misspelt.yaml
run -p '%proc.name' -r misspelt.yaml -- true
expect "a rule's output names field, rule, file, line and column" '[ $status -eq 125 ]' 'has "$err" "there is no field fd.nam; did you mean fd.name\\?"' \
	'has "$err" "rule output: .misspelt.yaml:[0-9]+:[0-9]+"' 'has "$err" "First"'
run -V misspelt.yaml
expect "-V keeps Falco's words for it" '[ $status -eq 1 ]' 'has "$err" "unknown filter: unexpected token after "'
run --events -r rules.d -- true
expect "--events takes the place of rules" '[ $status -eq 125 ]' 'has "$err" "leave out -r"'
run --events="evt.type=openat and fd.name=$secret" -o json_output=true -- "${look[@]}"
expect "--events as JSON" 'has "$err" "\"output_fields\":\{.*\"evt.type\":\"openat\""'

# --- Run mode: Falco's keys that do something ---
cat >data.yaml <<'END'
- rule: Data
  desc: what is written to a pipe
  condition: evt.type = write and evt.buffer startswith "begin"
  output: (%evt.buffer)
  priority: INFO
END
long=(sh -c 'echo "begin $(seq -s . 100) end" | cat >/dev/null')
run -r data.yaml -- "${long[@]}"
expect "80 bytes of a buffer are shown" 'has "$err" "\(begin 1\..*\)$"' '! has "$err" "end"'
run -r data.yaml -o falco_libs.snaplen=400 -- "${long[@]}"
expect "falco_libs.snaplen shows more of it" 'has "$err" "\(begin 1\..*\.100 end"'
run -r rules.d -o 'base_syscalls.custom_set[]=!openat' -o 'base_syscalls.custom_set[]=!open' -o 'base_syscalls.custom_set[]=nope' -- cat "$secret"
expect "base_syscalls.custom_set leaves out calls, and says what rules miss" '[ "$out" = secret ]' '! has "$err" "read"' \
	'has "$err" "leaves out what rules ask for: (openat, open|open, openat)$"' 'has "$err" "Invalid \(positive\) syscall names.*: nope$"'
run -r rules.d -o capture.enabled=true -o capture.mode=all_rules -- cat "$secret"
expect "capture.enabled says once that nothing is captured" '[ "$(grep -c "captures .*cannot be written yet" err)" -eq 1 ]' 'has "$err" "Warning read"'
run -r rules.d -o log_level=debug -o libs_logger.severity=trace -o syscall_event_drops.threshold=0.5 -- true
expect "keys without effect are named at level debug" 'has "$err" "without effect here: libs_logger.severity, syscall_event_drops.threshold$"'

# --- Run mode: call stacks ---
for engine in $engines; do
	run --engine "$engine" -r rules.d/a.yaml -o falco_run.stack.enabled=true -- "$work/bin/three_deep" "$secret"
	expect "an alert carries the call stack when asked under $engine" '[ $status -eq 0 ]' \
		'has "$err" "stack=[^ ]*open[^ ]* < innermost[+]0x[0-9a-f]+ < middle[+]0x[0-9a-f]+ < main[+]0x"'
	run --engine "$engine" -r rules.d/a.yaml -- "$work/bin/three_deep" "$secret"
	expect "and does not otherwise under $engine" 'has "$err" "read"' '! has "$err" "stack="'
done

# --- Run mode: what is left behind ---
run -q -- sh -c 'sleep 3 & exit 8'
expect "a child left behind does not hold us" '[ $status -eq 8 ]'
run -q --wait-all -- sh -c "(sleep 0.5; echo late >$work/late) & exit 8"
expect "--wait-all waits for it" '[ $status -eq 8 ]' '[ -e late ]'
exit 0
