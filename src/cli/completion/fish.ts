import { quoted, shortDescription } from './quote.ts';
import { allCommands, type CompletedCommand, type CompletedOption, type Place } from './tree.ts';

/** Completion for fish 3 and newer. */
export function fishCompletion(root: CompletedCommand): string {
  const lines = allCommands(root).flatMap((command) => [
    ...command.children.map((child) => childLine(command, child)),
    ...placeLines(command),
    ...command.options.map((option) => optionLine(command, option)),
  ]);
  return `${head(root)}${lines.join('\n')}\n`;
}

/** `__relay_bench_at COMMAND`: whether just this command has been typed; options and what they take aside. */
function head(root: CompletedCommand): string {
  const commands = allCommands(root);
  const paths = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  const valued = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value === null ? [] : names.map((name) => quoted(`${path.join(' ')} ${name}`)),
    ),
  );
  return `# fish completion of relay-bench; made by: relay-bench completion fish
set -g __relay_bench_commands ${paths.join(' ')}
set -g __relay_bench_valued ${valued.join(' ')}

function __relay_bench_at
    set -l words (commandline -opc)
    set -l at ''
    set -l place 0
    set -l skip no
    for word in $words[2..-1]
        if test $skip = yes
            set skip no
        else if string match -q -- '-*' $word
            contains -- "$at $word" $__relay_bench_valued; and set skip yes
        else
            set -l next (string trim -- "$at $word")
            if contains -- $next $__relay_bench_commands
                set at $next
            else
                set place (math $place + 1)
            end
        end
    end
    test "$at" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test $place -ge $argv[2] -a $place -le $argv[3]
end

complete -c relay-bench -f
`;
}

function childLine(parent: CompletedCommand, { path, description }: CompletedCommand): string {
  const word = quoted(path.at(-1) ?? '');
  return `${start(parent)} -a ${word} -d ${quoted(shortDescription(description))}`;
}

function placeLines(command: CompletedCommand): readonly string[] {
  return command.places.flatMap((place, at) => {
    const offered = offer(place);
    const last = command.repeats && at === command.places.length - 1 ? 999 : at;
    return offered === '' ? [] : [`${start(command, ` ${at} ${last}`)} ${offered}`];
  });
}

function optionLine(command: CompletedCommand, { names, description, value }: CompletedOption): string {
  const spelled = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const taken = value === null ? '' : ` -r ${offer(value)}`;
  return `${start(command)} ${spelled.join(' ')}${taken} -d ${quoted(shortDescription(description))}`;
}

function start({ path }: CompletedCommand, places = ''): string {
  return `complete -c relay-bench -n ${quoted(`__relay_bench_at "${path.join(' ')}"${places}`)}`;
}

/** @returns empty where nothing can be offered */
function offer(place: Place): string {
  if (place.kind === 'words') return `${place.files ? '-F' : '-f'} -a ${quoted(place.words.join(' '))}`;
  if (place.kind === 'files') return '-F';
  return place.kind === 'directories' ? "-f -a '(__fish_complete_directories)'" : '';
}
