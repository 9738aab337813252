import type { Command } from 'commander';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT, type ExitCode, strongestExitCode } from '../../base/exit-codes.ts';
import type { Capacity } from '../../capacity/schema.ts';
import { defaultOutDir } from '../../record/write.ts';
import { buildCapacityDocument } from '../../report/capacity/document.ts';
import { wordOf } from '../../report/capacity/words.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { addCapacityOptions, type CapacityFlags } from '../capacity/flags.ts';
import { printForecast } from '../capacity/forecast.ts';
import { planSearches, runSearches, type Searched } from '../capacity/searches.ts';
import type { CommandHost } from '../host.ts';
import { exitCodeOf, type Interruption } from '../interruption.ts';
import { readSupply } from '../limit-check.ts';
import { demandOf, inLoadSession } from '../load-session.ts';
import { writeReports } from '../report-format.ts';
import { makeOutDir } from '../run/out-dir.ts';
import { screenOptions } from '../run/reporters.ts';
import { sayVerdict } from '../say-verdict.ts';

/** Searched where no scenario is named. */
const DEFAULT_SCENARIO = 'publish';

/** `capacity`: the highest load at which every gate holds; exit 0 where one was found. */
export function addCapacity(program: Command, host: CommandHost): void {
  const command = program
    .command('capacity')
    .description('find the highest rate, or number of connections, at which every gate holds')
    .argument('[scenario]', 'built-in name or YAML file', DEFAULT_SCENARIO);
  addCapacityOptions(command).action(async (scenario: string, flags: CapacityFlags, { args }: Command) => {
    if (flags.for === undefined && flags.assume === undefined) return runCapacity(scenario, flags, host);
    requireEstimate(flags, args);
    printForecast(flags, host);
  });
}

/** @throws RelayBenchError `ESTIMATE_INVALID` where something was said that an estimate does not use */
function requireEstimate({ for: users }: CapacityFlags, args: readonly string[]): void {
  if (users !== undefined && args.length === 0) return;
  throw new RelayBenchError(
    users === undefined ? '--assume needs --for' : '--for estimates and runs no scenario',
    {
      code: 'ESTIMATE_INVALID',
      hint: 'write relay-bench capacity --for "1M users", or a scenario without --for',
    },
  );
}

async function runCapacity(scenario: string, flags: CapacityFlags, host: CommandHost): Promise<void> {
  if (flags.out !== undefined) {
    requireOwnDirectory(flags.out, '--out');
    await requireWritable(flags.out, '--out');
  }
  const searches = await planSearches(scenario, flags, host);
  const plan = searches[0]?.first;
  const name = `capacity-${plan?.scenario.name ?? scenario}`;
  const outDir = await makeOutDir(flags.out ?? defaultOutDir(new Date().toISOString(), name));
  const say = (line: string): void => void host.io.stderr.write(`${line}\n`);
  const session = {
    host,
    given: searches.flatMap(({ place }) => place.given),
    owned: flags.iOwnThisRelay ?? [],
    demands: searches.map(({ first, place }) => demandOf(first, place.starts)),
    insecure: plan?.connections.insecure ?? false,
    onFirst: (signal: string) => say(`${signal}: stopping, a second signal ends at once`),
    directory: outDir.path,
  };
  try {
    await inLoadSession(session, async (held) => {
      say(`${lengthText(searches.length, flags)}, records in ${outDir.path}`);
      const request = { flags, host, searches, say, session: held, supply: readSupply() };
      const searched = await runSearches({ ...request, outDir: outDir.path });
      await writeReports(FORMATS.capacity, searched.document, outDir.path);
      show(searched.document, flags, host);
      host.finish(exitCodeFor(searched, held.interruption));
    });
  } finally {
    await outDir.removeIfEmpty();
  }
}

function lengthText(searches: number, { budget }: CapacityFlags): string {
  const most = `at most ${Math.round(budget / 1_000)} s`;
  return searches === 1 ? most : `${searches} searches, each ${most}`;
}

function show(found: Capacity, { format }: CapacityFlags, host: CommandHost): void {
  host.io.stdout.write(formatNamed(FORMATS.capacity, format).render(found, screenOptions(host, [])));
  sayVerdict(buildCapacityDocument(found).headline, format, host);
}

/** By the contract: what was asked for was found, or why it was not. */
function exitCodeFor({ all, failure }: Searched, interruption: Interruption): ExitCode {
  const signal = interruption.received();
  if (signal !== null) return exitCodeOf(signal);
  return strongestExitCode([...all.map(exitCodeOfSearch), ...(failure === null ? [] : [failure.exitCode])]);
}

function exitCodeOfSearch(found: Capacity): ExitCode {
  if (found.ended === 'target-lost') return EXIT.unreachable;
  const word = wordOf(found);
  if (word === 'INVALID') return EXIT.invalidRun;
  return word === 'NONE' ? EXIT.gateFailed : EXIT.ok;
}
