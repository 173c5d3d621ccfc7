#!/usr/bin/env bash
# Runs Tocsin once, as the step of a workflow. Inputs of the action come as INPUT_…; TOCSIN_NODE and TOCSIN_ROOT name
# another Node.js and another checkout.
set -euo pipefail

refuse() {
  echo "::error title=Tocsin::$1"
  echo 'exit-code=2' >>"$GITHUB_OUTPUT"
  exit 2
}

# %q keeps what was given on one line: a second one could be a command to the runner.
case $INPUT_COMMAND in
  check | nonces) ;;
  *) refuse "The input command is $(printf %q "$INPUT_COMMAND"); it is check or nonces." ;;
esac
case $INPUT_FAIL_ON_TROUBLE in
  true | false) ;;
  *) refuse "The input fail-on-trouble is $(printf %q "$INPUT_FAIL_ON_TROUBLE"); it is true or false." ;;
esac

root=${TOCSIN_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
tocsin=("${TOCSIN_NODE:-node}" "$root/src/cli/main.ts")
# A Node.js that cannot run it ends with 1 as well. This ends the step before that is taken for trouble found.
version=$("${tocsin[@]}" --version)
echo "Tocsin $version"

# Words are parted here and nowhere else: no quotes, no globs, no variables.
read -r -d '' -a words <<<"$INPUT_COMMAND $INPUT_ARGS" || true
words+=(--timeout "$INPUT_TIMEOUT")
if [[ $INPUT_COMMAND == check ]]; then
  words+=(--config "$INPUT_CONFIG")
fi
if [[ -n $INPUT_STATE ]]; then
  mkdir -p "$INPUT_STATE"
  words+=(--store "$INPUT_STATE/tocsin.db")
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
# What others wrote is printed, too. Until the token comes again, the runner takes no line for a command.
token=tocsin-$RANDOM$RANDOM$RANDOM$RANDOM
echo "::stop-commands::$token"
code=0
"${tocsin[@]}" "${words[@]}" 2>&1 | tee "$output" || code=${PIPESTATUS[0]}
echo
echo "::$token::"

case $code in
  0) meaning='all is well' ;;
  1) meaning='trouble was found' ;;
  2) meaning='the inputs or the config are wrong' ;;
  3) meaning='nobody could be told, or nothing could be kept' ;;
  *) meaning="it ended with $code" ;;
esac
status=$code
level=error
if [[ $code == 1 && $INPUT_FAIL_ON_TROUBLE == false ]]; then
  status=0
  level=warning
fi
if [[ $code != 0 ]]; then
  echo "::$level title=Tocsin::tocsin $INPUT_COMMAND: $meaning. The summary of the run shows what it said."
fi
# Indented, it is shown as it is: nothing in it ends a block of code, or is taken for Markdown, to which a carriage return
# ends a line, too.
{
  printf '### tocsin %s: %s\n\n' "$INPUT_COMMAND" "$meaning"
  head -c 100000 "$output" | tr -d '\r' | sed 's/^/    /'
  printf '\n\n'
} >>"$GITHUB_STEP_SUMMARY"
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
exit "$status"
