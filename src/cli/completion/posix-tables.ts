import { quoted } from './quote.ts';
import { allCommands, type CompletedCommand, type Place } from './tree.ts';

// What bash and zsh read alike: functions that look a key up and leave the answer in `reply`.

/** @param place spelled for the function that offers it: `words a b`, `either a b` (or a file), `files`, `directories`, `anything` */
function spelled(place: Place): string {
  if (place.kind !== 'words') return place.kind;
  return [place.files ? 'either' : 'words', ...place.words].join(' ');
}

/**
 * `_relay_bench_value COMMAND OPTION`: what the option takes; false where it takes nothing.
 * `_relay_bench_place COMMAND NUMBER`: what stands at this argument, counted from 0; false where nothing does.
 */
export function placeTables(root: CompletedCommand): string {
  const commands = allCommands(root);
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value === null ? [] : [arm(names.map((name) => keyOf(path, name)).join(' | '), value)],
    ),
  );
  const places = commands.flatMap(({ path, places, repeats }) =>
    places.map((place, at) => {
      const isLast = at === places.length - 1;
      return arm(repeats && isLast ? `${keyOf(path, '')}*` : keyOf(path, String(at)), place);
    }),
  );
  return `${lookUp('_relay_bench_value', values)}\n${lookUp('_relay_bench_place', places)}`;
}

/** A function of two words that is a `case` with these arms. */
function lookUp(name: string, arms: readonly string[]): string {
  return `${name}() {\n  case "$1 $2" in\n${arms.join('\n')}\n    *) return 1 ;;\n  esac\n}\n`;
}

/** A word of shell that is matched as it stands. */
export function keyOf(path: readonly string[], last: string): string {
  return quoted(`${path.join(' ')} ${last}`);
}

function arm(keys: string, place: Place): string {
  return `    ${keys}) reply=${quoted(spelled(place))} ;;`;
}
