import type { Command } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { type NamedRun, requireDistinct } from '../../compare/comparable.ts';
import { compareRuns } from '../../compare/compare.ts';
import { readRunRecord } from '../../record/read.ts';
import { buildComparisonDocument } from '../../report/comparison/document.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { appendComparison } from '../ci.ts';
import { areSuites, compareTwoSuites } from '../compare/compare-suites.ts';
import { addJudgeOptions, compareOptionsOf, type JudgeFlags } from '../compare/flags.ts';
import type { CommandHost } from '../host.ts';
import { shareInPercent } from '../options.ts';
import { printedFormat } from '../report-format.ts';
import { screenOptions } from '../run/reporters.ts';
import { sayVerdict } from '../say-verdict.ts';

interface CompareFlags extends JudgeFlags {
  readonly to?: readonly string[];
  readonly tolerance?: number;
  readonly crossHost?: boolean;
  readonly format: string;
}

/** `compare`: whether one set of runs is better or worse than another; exit 98 where it is worse. */
export function addCompare(program: Command, host: CommandHost): void {
  const command = program
    .command('compare')
    .description('compare runs: BASE CANDIDATE, or BASE… --to CANDIDATE…; or two suite.json')
    .argument('<run.json...>', 'records: the base and the candidate, or all of the base; or two suite.json')
    .option('--to <run.json...>', 'records of the candidate')
    .option(
      '--tolerance <percent>',
      'change up to which single runs count as the same; default: 20%',
      shareInPercent,
    )
    .option('--cross-host', 'compare runs of different machines')
    .addOption(printedFormat(FORMATS.comparison));
  addJudgeOptions(command).action(async (files: string[], flags: CompareFlags) => {
    const [base, candidate] = sidesOf(files, flags.to);
    if (await areSuites(base)) return compareTwoSuites([base, candidate], flags, host);
    const sides = [await readAll(base), await readAll(candidate)] as const;
    requireDistinct(sides.flat());
    const comparison = compareRuns(...sides, compareOptionsOf(flags));
    if (flags.ci === true) await appendComparison(comparison, host);
    host.io.stdout.write(
      formatNamed(FORMATS.comparison, flags.format).render(comparison, screenOptions(host, [])),
    );
    sayVerdict(buildComparisonDocument(comparison).headline, flags.format, host);
    if (comparison.verdict === 'worse') host.finish(EXIT.regression);
  });
}

/** The files of either side. @throws RelayBenchError `COMPARE_SIDES` */
function sidesOf(
  files: readonly string[],
  to: readonly string[] | undefined,
): readonly [readonly string[], readonly string[]] {
  if (to !== undefined) return [files, to];
  if (files.length === 2) return [files.slice(0, 1), files.slice(1)];
  throw new RelayBenchError(`compare needs a base and a candidate; ${files.length} files were named`, {
    code: 'COMPARE_SIDES',
    hint: 'write `compare BASE.json CANDIDATE.json`, or `compare BASE.json… --to CANDIDATE.json…`',
  });
}

/** One after the other, so that the first file that is wrong is the one that is named. */
async function readAll(files: readonly string[]): Promise<NamedRun[]> {
  const runs: NamedRun[] = [];
  for (const file of files) runs.push({ name: file, record: await readRunRecord(file) });
  return runs;
}
