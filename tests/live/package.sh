#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is made to be taken elsewhere: the manual page and the shells' completions, which
# name every option, what `make install` puts where, and the Debian package: lintian has
# nothing to say, two builds are equal, and it comes, is upgraded and goes without a
# trace, in a root of its own with a database of its own. And the recipes of
# samples/deploy, which are read and run (recipes.py).
set -u

suite=live
. tests/harness/live.sh "$1"

not_sanitized package
export BUILD=$build
made() { # target, arguments of make...
	bounded 120 make -s "$@" >"$work/made" 2>&1
}

# --- What is installed, and the options in it ---
tree=$work/tree
made install DESTDIR="$tree" PREFIX=/usr
got=$?
verdict "make install" "$([ $got -eq 0 ] || tail -n 3 "$work/made")"
share=$tree/usr/share
manual=$share/man/man1/falco-run.1
verdict "what is installed is all there" "$(for file in "$tree/usr/bin/falco-run" "$manual" \
	"$share/bash-completion/completions/falco-run" "$share/zsh/site-functions/_falco-run" \
	"$share/fish/vendor_completions.d/falco-run.fish" "$share/falco-run/rules/10_words.yaml" \
	"$share/falco-run/rules/selections/ci.yaml" "$share/doc/falco-run/README.md" \
	"$share/doc/falco-run/examples/falco-run.yaml"; do
	[ -s "$file" ] || echo "no ${file#"$tree"}"
done)"
verdict "scripts among the examples can be run" "$(find "$share/doc" -name '*.sh' ! -perm 755)"

# As --help has them: "-o" and "--option".
options=$("$falco_run" --help | sed -nE 's/^  (-.|   )(, | +)?(--[a-z-]+)?.*/\1 \3/p')
lacking() { # command that prints words, one a line
	local words option
	words=" $("$@" 2>&1 | tr '\n' ' ') "
	for option in $options; do
		[[ $words = *" $option "* ]] || echo "$option"
	done
}
manual_names() {
	sed -n '/^\.TP$/{n;p}' "$manual" | sed 's/\\f.//g; s/\\//g' | grep -oE '^-[^ ,=[]+|, --[a-z-]+' | sed 's/, //'
}
bash_names() {
	bash --norc -c '. "$1"; COMP_WORDS=(falco-run -) COMP_CWORD=1; _falco_run; printf "%s\n" "${COMPREPLY[@]}"' \
		- "$share/bash-completion/completions/falco-run"
}
zsh_names() {
	zsh -f -c '_arguments() { print -l -- "$@" }; compdef() { :; }; . "$1"' - "$share/zsh/site-functions/_falco-run" |
		sed -nE 's/^\*(--?[A-Za-z-]+).*/\1/p' | sed 's/-$//'
}
fish_names() {
	fish --no-config -c 'source $argv[1]; complete -C "falco-run -"; complete -C "falco-run --"' \
		"$share/fish/vendor_completions.d/falco-run.fish" | cut -f 1 | sed 's/=$//'
}
verdict "--help lists options" "$([ "$(wc -w <<<"$options")" -gt 45 ] || echo "only $options")"
verdict "the manual page has every option" "$(lacking manual_names)"
verdict "the manual page has every key of ours" "$(sed -nE 's/^KEY\("(falco_run\.[^"]*)".*/\1/p' launcher/config_keys.def |
	while read -r key; do grep -qxF ".B $key" "$manual" || echo "$key"; done)"
if command -v man >/dev/null; then
	verdict "the manual page is well-formed" "$(man -l --warnings=w "$manual" 2>&1 >/dev/null | head -n 3)"
else
	skip "the manual page is well-formed" "there is no man"
fi
verdict "bash completes every option" "$(lacking bash_names)"
for shell in zsh fish; do
	if command -v $shell >/dev/null; then
		verdict "$shell completes every option" "$(lacking ${shell}_names)"
	else
		skip "$shell completes every option" "there is no $shell"
	fi
done
# What is completed behind an option, and behind the --, where words are the command's.
completed() { # words...
	PATH=$work/bin:$PATH bash --norc -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _falco_run
		printf "%s;" "${COMPREPLY[@]}"' - "$share/bash-completion/completions/falco-run" "$@" 2>&1
}
completes() { # want, words...
	local want=$1 got
	shift
	got=$(completed "$@")
	verdict "bash completes: $*" "$([ "$got" = "$want" ] || echo "$got")"
}
completes "notify;" falco-run --engine n
completes "trace;" falco-run --engine = t
completes "--engine;" falco-run -q --eng
completes "warning;" falco-run --fail-on w
completes 'Sensitive\ host\ path\ mounted;' falco-run --why 'Sensitive\ h'
completes 'Sensitive host path mounted;' falco-run --why "'Sensitive h"
completes 'Sensitive host path mounted;' falco-run --explain '"Sensitive h'
completes "$work/bin/falco-run;" falco-run -- cat "$work/bin/fa"
completes "falco-run;" falco-run -- falco-ru
for value in $(sed -n 's/.*--engine.*_of "$cur" \(.*\) ;;/\1/p' "$share/bash-completion/completions/falco-run"); do
	verdict "the value that is completed for --engine is one: $value" \
		"$(bounded 20 "$falco_run" --engine "$value" -q -- true 2>&1)"
done
# Its rules are where they would be without DESTDIR; what is commented out is tried too.
example=$share/doc/falco-run/examples/falco-run.yaml
here() { # sed's options...
	sed "$@" -e "s|- /usr/share|- $share|" "$example" >"$work/example.yaml"
}
checks() { # name
	bounded 20 "$falco_run" -c "$work/example.yaml" --dry-run >"$work/out" 2>&1
	verdict "$1" "$([ $? -eq 0 ] || cat "$work/out")"
}
status_of() { # options...
	bounded 20 "$falco_run" -q "$@" -- sh -c 'cat /etc/shadow >/dev/null; exit 5' 2>&1 | sed 's/^[0-9:.]*: //'
	echo "status ${PIPESTATUS[0]}"
}
here
checks "the example of a configuration passes its own check"
verdict "what it sets has the value that it has without" \
	"$(diff <(status_of) <(status_of -c "$work/example.yaml"))"
here -E -e 's/^#([a-z]|  [a-z-]|      rule)/\1/'
checks "what is commented out in it is right"
verdict "all of that was tried" "$([ "$(grep -cE '^( +- disable|  fail_on|  url|  filename):' "$work/example.yaml")" -eq 4 ] || cat "$work/example.yaml")"
# Called in a way that is not its.
bounded 20 samples/demo.sh >"$work/out" 2>&1
verdict "samples/demo.sh alone says what to run" "$([ $? -eq 2 ] && grep -q 'run make demo' "$work/out" || cat "$work/out")"

version=$(sed -n 's/^VERSION := //p' GNUmakefile)
verdict "files that the READMEs name are of this version" \
	"$(grep -noE 'falco-run[-_:][0-9]+\.[0-9]+\.[0-9]+' README.md samples/deploy/* | grep -v "[-_:]$version\$")"

# --- The recipes ---
if python3 -c 'import yaml' 2>/dev/null; then
	bounded 120 python3 tests/live/recipes.py "$falco_run" "$version"
else
	skip "the recipes of samples/deploy" "python3 has no yaml"
fi

# --- The Debian package ---
if ! command -v dpkg-deb >/dev/null || ! command -v dpkg-shlibdeps >/dev/null; then
	skip "the Debian package" "there is no dpkg-dev"
	exit 0
fi
made deb
got=$?
deb=$(echo "$build"/falco-run_*.deb)
if [ $got -ne 0 ] || [ ! -s "$deb" ]; then
	fail "make deb" "$(tail -n 3 "$work/made")"
	exit 0
fi
cp "$deb" "$work/first.deb"
sleep 1
made deb
verdict "two packages of a commit are equal" "$(cmp "$deb" "$work/first.deb" 2>&1)"
if command -v lintian >/dev/null; then
	verdict "lintian has nothing to say" "$(lintian --profile debian "$deb" 2>"$work/err")"
else
	skip "lintian has nothing to say" "there is no lintian"
fi

# A root of its own: nothing in it but a database, and what the administrator wrote.
new=$work/newer.deb
(umask 022; dpkg-deb -R "$deb" "$work/newer" && sed -i 's/^Version: .*/&+newer/' "$work/newer/DEBIAN/control" &&
	echo newer >"$work/newer/usr/share/falco-run/newer" && rm "$work/newer/usr/share/falco-run/rules/10_words.yaml" &&
	dpkg-deb --root-owner-group -Znone -b "$work/newer" "$new") >"$work/out" 2>&1
root=$work/root
mkdir -p "$root/var/lib/dpkg"/{info,updates} "$root/etc/falco" "$root/var/log"
touch "$root/var/lib/dpkg"/{status,available}
echo 'mine: true' >"$root/etc/falco/falco.yaml"
as_root=(env)
[ "$(id -u)" -eq 0 ] || as_root=(unshare --map-root-user)
package() { # arguments of dpkg...
	bounded 60 "${as_root[@]}" dpkg --root="$root" --admindir="$root/var/lib/dpkg" --log=/dev/null \
		--force-not-root --force-depends "$@" >"$work/out" 2>&1
}
# Everything but the database, with contents; whose it is the database tells.
content() {
	(cd "$root" && find . -path ./var/lib/dpkg -prune -o -printf '%p %y %m\n' | sort &&
		find . -path ./var/lib/dpkg -prune -o -type f -exec md5sum {} + | sort -k 2)
}
step() { # name, what must be so
	verdict "$1" "$(eval "$2" >"$work/why" 2>&1 || cat "$work/why" "$work/out")"
}
if ! "${as_root[@]}" true 2>/dev/null; then
	skip "the package comes and goes" "root is needed, or a user namespace"
	exit 0
fi
content >"$work/before"
md5sum /var/lib/dpkg/status >"$work/database"
package -i "$deb"
step "the package is installed" '"$root/usr/bin/falco-run" --version'
step "the program in it works" '[ "$("$root/usr/bin/falco-run" -q -- echo works)" = works ]'
package -i "$new"
step "it is upgraded, and what the new one has not is gone" \
	'[ -e "$root/usr/share/falco-run/newer" ] && [ ! -e "$root/usr/share/falco-run/rules/10_words.yaml" ]'
package -r falco-run
content >"$work/after"
step "removed, it leaves nothing behind" 'diff "$work/before" "$work/after"'
package -P falco-run
content >"$work/after"
step "purged, it leaves nothing behind, and what the administrator wrote" \
	'diff "$work/before" "$work/after" && ! grep -q falco-run "$root/var/lib/dpkg/status" && [ -s "$root/etc/falco/falco.yaml" ]'
step "the machine's own database was not touched" 'md5sum --quiet -c "$work/database"'
exit 0
