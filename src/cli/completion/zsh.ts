import { placeTables } from './posix-tables.ts';
import { quoted, shortDescription } from './quote.ts';
import { allCommands, type CompletedCommand } from './tree.ts';

type Described = readonly [name: string, description: string];

/** Completion for zsh, to be sourced after `compinit` or kept as `_relay-bench` in a directory of `fpath`. */
export function zshCompletion(root: CompletedCommand): string {
  const commands = allCommands(root);
  const lists = (name: string, listOf: (command: CompletedCommand) => readonly Described[]): string => {
    const arms = commands.map((command) => {
      const words = listOf(command).map(([word, about]) => quoted(`${word}:${shortDescription(about)}`));
      return `    ${quoted(command.path.join(' '))}) described=(${words.join(' ')}) ;;`;
    });
    return `${name}() {\n  case "$1" in\n${arms.join('\n')}\n  esac\n}\n`;
  };
  return [
    '#compdef relay-bench',
    '# zsh completion of relay-bench; made by: relay-bench completion zsh',
    lists('_relay_bench_commands', ({ children }) =>
      children.map(({ path, description }): Described => [path.at(-1) ?? '', description]),
    ),
    lists('_relay_bench_options', ({ options }) =>
      options.flatMap(({ names, description }) => names.map((name): Described => [name, description])),
    ),
    placeTables(root),
    DRIVER,
  ].join('\n');
}

/** Finds the command that is being typed, and offers what may stand at the cursor. */
const DRIVER = `_relay_bench_offer() {
  local -a offered
  offered=(\${=1#* })
  case "$1" in
    'words '*) compadd -a offered ;;
    'either '*) compadd -a offered; _files ;;
    files) _files ;;
    directories) _files -/ ;;
    anything) _message 'a value' ;;
  esac
}

_relay_bench() {
  local reply='' at='' option='' word
  local -a described
  integer i place=0
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      option=''
    elif [[ $word == -* ]]; then
      if _relay_bench_value "$at" "$word"; then option=$word; fi
    else
      _relay_bench_commands "$at"
      if (( \${described[(I)$word:*]} )); then at="\${at:+$at }$word"; else place+=1; fi
    fi
  done
  if [[ -z $option && $PREFIX == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
    _relay_bench_value "$at" "$option" || return 1
    _relay_bench_offer "$reply"
  elif [[ -n $option ]]; then
    _relay_bench_value "$at" "$option"
    _relay_bench_offer "$reply"
  elif [[ $PREFIX == -* ]]; then
    _relay_bench_options "$at"
    _describe option described
  else
    _relay_bench_commands "$at"
    if (( $#described )); then
      _describe command described
    elif _relay_bench_place "$at" "$place"; then
      _relay_bench_offer "$reply"
    fi
  fi
}

if [[ $funcstack[1] == _relay-bench ]]; then _relay_bench "$@"; else compdef _relay_bench relay-bench; fi
`;
