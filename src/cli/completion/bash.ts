import { placeTables } from './posix-tables.ts';
import { quoted } from './quote.ts';
import { allCommands, type CompletedCommand } from './tree.ts';

/** Completion for bash 4.4 and newer. */
export function bashCompletion(root: CompletedCommand): string {
  const commands = allCommands(root);
  const words = (name: string, wordsOf: (command: CompletedCommand) => readonly string[]): string => {
    const arms = commands.map(
      (command) => `    ${quoted(command.path.join(' '))}) reply=${quoted(wordsOf(command).join(' '))} ;;`,
    );
    return `${name}() {\n  case "$1" in\n${arms.join('\n')}\n  esac\n}\n`;
  };
  return [
    '# bash completion of relay-bench; made by: relay-bench completion bash',
    words('_relay_bench_commands', ({ children }) => children.map(({ path }) => path.at(-1) ?? '')),
    words('_relay_bench_options', ({ options }) => options.flatMap(({ names }) => names)),
    placeTables(root),
    DRIVER,
  ].join('\n');
}

/** Finds the command that is being typed, and offers what may stand at the cursor. */
const DRIVER = `_relay_bench_offer() {
  case "$1" in
    'words '*) mapfile -t COMPREPLY < <(compgen -W "\${1#* }" -- "$cur") ;;
    'either '*)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -W "\${1#* }" -- "$cur"; compgen -f -- "$cur")
      ;;
    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    directories) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
  esac
}

_relay_bench() {
  local cur=\${COMP_WORDS[COMP_CWORD]} reply='' at='' option='' joined='' word
  local -i i place=0
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # bash takes words apart at these.
    if [[ $word == [=:] ]]; then joined=1; continue; fi
    if [[ -n $option ]]; then
      option=''
    elif [[ -n $joined ]]; then
      :
    elif [[ $word == -* ]]; then
      if _relay_bench_value "$at" "$word"; then option=$word; fi
    else
      _relay_bench_commands "$at"
      if [[ " $reply " == *" $word "* ]]; then at="\${at:+$at }$word"; else place+=1; fi
    fi
    joined=''
  done
  if [[ $cur == = ]]; then cur=''; fi
  if [[ -n $option ]]; then
    _relay_bench_value "$at" "$option"
    _relay_bench_offer "$reply"
  elif [[ $cur == -* ]]; then
    _relay_bench_options "$at"
    _relay_bench_offer "words $reply"
  else
    _relay_bench_commands "$at"
    if [[ -n $reply ]]; then
      _relay_bench_offer "words $reply"
    elif _relay_bench_place "$at" "$place"; then
      _relay_bench_offer "$reply"
    fi
  fi
}

complete -F _relay_bench relay-bench
`;
