import { join } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { buildSuiteDocument } from '../../report/suite/document.ts';
import { PART_IDS, selectParts } from '../../suite/parts.ts';
import { readSuite } from '../../suite/read.ts';
import type { Suite } from '../../suite/schema.ts';
import type { CommandHost } from '../host.ts';
import { asTyped, durationMs, repeatable, seedNumber, wholeNumber, wordList } from '../options.ts';
import { printedFormat } from '../report-format.ts';
import { screenOptions } from '../run/reporters.ts';
import { sayVerdict } from '../say-verdict.ts';
import { fieldOf, type SuiteFlag, suiteFlag } from '../suite/contestant.ts';
import { modeOf } from '../suite/mode.ts';
import { type PartFlags, planParts } from '../suite/plan-parts.ts';
import { runBattery } from '../suite/run-battery.ts';

interface SuiteFlags extends PartFlags {
  readonly relay?: readonly SuiteFlag[];
  readonly quick?: boolean;
  readonly only?: readonly string[];
  readonly duration?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly format: string;
  readonly iOwnThisRelay?: readonly string[];
}

const DEFAULT_SEED = 1;

/** `suite`: the battery of a relay author, one card; exit 0 where every relay has a figure. */
export function addSuite(program: Command, host: CommandHost): void {
  program
    .command('suite')
    .description('the battery: ten parts against each relay and the reference, in turn, on one card')
    .option(
      '--relay <name=url|name=command>',
      'a relay, repeatable: NAME=URL, NAME=COMMAND with {port} (and {dir}), or NAME=embedded; the reference is always measured too',
      repeatable(suiteFlag),
    )
    .option('--quick', 'about two and a half minutes a relay in place of fifteen')
    .option(
      '--only <parts>',
      `these parts alone, comma-separated: ${PART_IDS.join(', ')}`,
      wordList(PART_IDS),
    )
    .option('--duration <time>', 'measured time of each part; default: 30s, 5s with --quick', durationMs())
    .option('--workers <n>', 'generator processes; default: by the cores', wholeNumber(1))
    .option('--seed <n>', 'seed of keys, events, arrivals and of the order of the relays', seedNumber)
    .option('--cache <dir>', 'where generated corpora are kept (default: in $XDG_CACHE_HOME)', asTyped)
    .option('--insecure', 'accept any TLS certificate of a wss:// relay')
    .option('--out <dir>', 'directory of the card and all records; default: reports/<UTC time>-suite')
    .addOption(
      new Option(
        '--resume <dir>',
        'go on with the suite in this directory: what is missing or invalid is measured',
      )
        .argParser(asTyped)
        .conflicts('out'),
    )
    .addOption(printedFormat(FORMATS.suite))
    .option('--i-own-this-relay <host>', 'consent to load this host, repeatable', repeatable(asTyped))
    .action(async (flags: SuiteFlags) => runSuite(flags, host));
}

async function runSuite(flags: SuiteFlags, host: CommandHost): Promise<void> {
  const { out, resume, quick = false, only = null, duration, seed = DEFAULT_SEED } = flags;
  for (const [path, what] of [
    [out, '--out'],
    [resume, '--resume'],
  ] as const) {
    if (path === undefined) continue;
    requireOwnDirectory(path, what);
    await requireWritable(path, what);
  }
  const before =
    resume === undefined ? null : { directory: resume, suite: await readSuite(join(resume, 'suite.json')) };
  const field = await fieldOf(flags.relay ?? []);
  const mode = modeOf(quick, duration);
  const parts = partFlagsOf(flags, seed);
  const planned = await planParts(selectParts(wantedParts(only, before?.suite ?? null)), {
    ...{ flags: parts, mode, host },
  });
  const { suite, exitCode, directory } = await runBattery({
    ...{ host, field, mode, planned, seed },
    flags: parts,
    out: out ?? null,
    before,
    owned: flags.iOwnThisRelay ?? [],
  });
  const files = FORMATS.suite.flatMap(({ fileName }) =>
    fileName === null ? [] : [join(directory, fileName)],
  );
  host.io.stdout.write(formatNamed(FORMATS.suite, flags.format).render(suite, screenOptions(host, files)));
  sayVerdict(buildSuiteDocument(suite).headline, flags.format, host);
  host.finish(exitCode);
}

/** Those that are named; a suite that goes on has its own parts besides. Null for all. */
function wantedParts(only: readonly string[] | null, before: Suite | null): readonly string[] | null {
  return before === null ? only : [...(only ?? []), ...before.parts.map(({ id }) => id)];
}

function partFlagsOf({ workers, cache, insecure }: SuiteFlags, seed: number): PartFlags {
  return {
    seed,
    ...(workers === undefined ? {} : { workers }),
    ...(cache === undefined ? {} : { cache }),
    ...(insecure === undefined ? {} : { insecure }),
  };
}
