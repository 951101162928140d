#!/usr/bin/env bash
# stage.sh NAME COMMAND… runs one stage of the checks under a heading, and says how long it took.
# With --last in front it says nothing after the command, so that what the command printed stands last.
set -u
last=
if [ "$1" = --last ]; then last=yes; shift; fi
name=$1
shift
printf '\n=== %s\n' "$name"
begin=$(date +%s)
"$@"
status=$?
took=$(($(date +%s) - begin))
if [ $status -ne 0 ]; then
	printf '=== %s: FAILED after %d s\n' "$name" "$took"
elif [ -z "$last" ]; then
	printf '=== %s: fine, %d s\n' "$name" "$took"
fi
exit $status
