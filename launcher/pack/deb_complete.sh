#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Completions of falco-run's command line for a shell, made of the option table that
# deb_options.sh writes to standard input. Behind -- they are the command's own.
#
#   deb_complete.sh bash|zsh|fish
set -eu

# What all three share: the columns by name, and the kind of an argument.
common='
	BEGIN { FS = "\t" }
	{
		letter = $1 == "0" ? "" : $1
		word = $2 == "-" ? "" : $2
		takes = $3; argument = $5 == "-" ? "" : $5; help = $6
		if (match(help, /[^.]\. /)) help = substr(help, 1, RSTART)
		sub(/\.$/, "", help)
		values = argument; sub(/^\[=/, "", values); sub(/\]$/, "", values)
		kind = "any"
		if (values ~ /^<.*\|.*>$/ || (values != "" && values !~ /</)) kind = "words"
		else if (values ~ /^<(path|file|rules file)>$/) kind = "file"
		else if (values == "<rule>") kind = "rule"
		gsub(/[<>]/, "", values); name = values; gsub(/\|/, " ", values)
	}'
# The rules that would be loaded, by name; quoted for a script between its own quotes.
rules="falco-run -L 2>/dev/null | sed -n \"3,\\\$s/^\\([^ ].*[^ ]\\)   *.*/\\1/p\""

bash_script() {
	cat <<-'END'
		# falco-run(1) for bash, made of its option table.
		_falco_run_of() { # what is typed, words...
		    local cur=$1
		    shift
		    mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
		}
		_falco_run_files() { # what is typed
		    compopt -o filenames 2>/dev/null
		    mapfile -t COMPREPLY < <(compgen -f -- "$1")
		}
		_falco_run_rules() { # what is typed; behind an open quote blanks are plain
		    local name typed=${1#[\'\"]}
		    while read -r name; do
		        [ "$typed" != "$1" ] || name=$(printf %q "$name")
		        [[ $name != "$typed"* ]] || COMPREPLY+=("$name")
	END
	printf '    done < <(%s)\n}\n' "$rules"
	cat <<-'END'
		_falco_run_command() { # index of --
		    local cur=${COMP_WORDS[COMP_CWORD]}
		    if declare -F _command_offset >/dev/null; then
		        _command_offset $(($1 + 1))
		    elif (($1 + 1 < COMP_CWORD)); then
		        _falco_run_files "$cur"
		    else
		        compopt -o filenames 2>/dev/null
		        mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		    fi
		}
		_falco_run() {
		    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i
		    COMPREPLY=()
		    for ((i = 1; i < COMP_CWORD; i++)); do
		        if [ "${COMP_WORDS[i]}" = -- ]; then
		            _falco_run_command $i
		            return
		        fi
		    done
		    if [ "$cur" = = ]; then
		        prev=$prev= cur=
		    elif [ "$prev" = = ]; then
		        prev=${COMP_WORDS[COMP_CWORD - 2]}=
		    fi
		    case $prev in
	END
	awk "$common"'
		function pattern() {
			if (takes == "MAYBE") return "--" word "="
			if (word == "") return "-" letter
			return (letter != "" ? "-" letter "|" : "") "--" word "|--" word "="
		}
		{
			if (letter != "") all = all "-" letter " "
			if (word != "") all = all "--" word " "
			if (takes == "FLAG") next
			what = kind == "words" ? "_falco_run_of \"$cur\" " values : kind == "any" ? ":" : "_falco_run_" kind "s \"$cur\""
			print "    " pattern() ") " what " ;;"
		}
		END { print "    *) _falco_run_of \"$cur\" " all "-- ;;" }'
	printf '    esac\n}\ncomplete -F _falco_run falco-run\n'
}

zsh_script() {
	cat <<-'END'
		#compdef falco-run
		# falco-run(1) for zsh, made of its option table.
		_falco_run_rules() {
		    local -a names
	END
	printf '    names=("${(@f)$(%s)}")\n    compadd -a names\n}\n' "$rules"
	printf '_arguments -s -S'
	awk "$common"'
		function quoted(text) {
			gsub(/\\/, "\\\\", text); gsub(/\[/, "\\[", text); gsub(/\]/, "\\]", text)
			gsub(/:/, "\\:", text); gsub(/'\''/, "'\'\\\\\'\''", text)
			return text
		}
		{
			action = kind == "words" ? "(" values ")" : kind == "file" ? "_files" : kind == "rule" ? "_falco_run_rules" : " "
			rest = "[" quoted(help) "]"
			if (takes != "FLAG") rest = rest (takes == "MAYBE" ? "::" : ":") quoted(name) ":" action
			if (letter != "") printf " \\\n    '\''*-%s%s%s'\''", letter, takes == "FLAG" ? "" : "+", rest
			if (word != "") printf " \\\n    '\''*--%s%s%s'\''", word, takes == "FLAG" ? "" : takes == "MAYBE" ? "=-" : "=", rest
		}
		END { print " \\\n    '\''(-)1: :_command_names -e'\'' '\''*:: :_normal'\''" }'
}

fish_script() {
	cat <<-'END'
		# falco-run(1) for fish, made of its option table.
		function __falco_run_options
		    not contains -- -- (commandline -opc)
		end
		function __falco_run_command
		    set -l words (commandline -opc)
		    set -l at (contains -i -- -- $words); or return
		    set -e words[1..$at]
		    complete -C (string join -- ' ' (string escape -- $words) (commandline -ct))
		end
		function __falco_run_rules
	END
	printf '    %s\nend\n' "$rules"
	cat <<-'END'
		complete -c falco-run -n 'not __falco_run_options' -x -a '(__falco_run_command)'
		complete -c falco-run -n __falco_run_options -f
	END
	awk "$common"'
		{
			gsub(/[\\'\'']/, "\\\\&", help)
			line = "complete -c falco-run -n __falco_run_options"
			if (letter != "") line = line " -s " letter
			if (word != "") line = line " -l " word
			if (takes == "TEXT" || takes == "NUMBER") line = line (kind == "file" ? " -r -F" : " -x")
			if (kind == "words") line = line " -a '\''" values "'\''"
			if (kind == "rule") line = line " -a '\''(__falco_run_rules)'\''"
			print line " -d '\''" help "'\''"
		}'
}

case ${1-} in
bash) bash_script ;;
zsh) zsh_script ;;
fish) fish_script ;;
*)
	echo "usage: deb_complete.sh bash|zsh|fish <options" >&2
	exit 2
	;;
esac
