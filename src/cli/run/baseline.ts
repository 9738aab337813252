import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import { type NamedRun, requireComparable } from '../../compare/comparable.ts';
import { compareRuns } from '../../compare/compare.ts';
import type { Plan } from '../../plan/plan.ts';
import { readRunRecord } from '../../record/read.ts';
import type { RunRecord } from '../../record/schema.ts';
import { bias, validityOf } from '../../record/validity.ts';
import { visible } from '../../report/escape.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { appendComparison } from '../ci.ts';
import type { CommandHost } from '../host.ts';
import { writeReports } from '../report-format.ts';
import { screenOptions } from './reporters.ts';

/**
 * The run to compare with, read before the load: a file that can't serve fails in the first second.
 * @throws RelayBenchError `RUN_FILE_INVALID`, or `NOT_COMPARABLE` where it is known now already
 */
export async function readBaseline(path: string, plan: Plan): Promise<NamedRun> {
  const record = await readRunRecord(path);
  const scenario = { ...record.scenario, ...plan.scenario, resolved: record.scenario.resolved };
  const baseline = { name: path, record };
  // Of this run only the scenario is known; the rest is taken to fit until it has run.
  const planned: RunRecord = {
    ...record,
    scenario,
    partial: false,
    validity: validityOf([]),
    generator: { ...record.generator, doubts: [] },
  };
  requireComparable([baseline, { name: 'this run', record: planned }], { crossHost: false });
  return baseline;
}

export interface BaselineRequest {
  readonly baseline: NamedRun;
  readonly record: RunRecord;
  /** Where the comparison is written to. */
  readonly directory: string;
  readonly host: CommandHost;
  /** Whether stdout shows the run to a person, so that the comparison may follow. */
  readonly isShown: boolean;
  /** Whether the step summary of GitHub Actions shows it. */
  readonly isCi: boolean;
}

/**
 * Compares a finished run with its baseline, writes `comparison.json` and `comparison.md` and shows the result. A run
 * that proves nothing itself, or whose figures may be too high, is not compared.
 * @returns 98 for a regression, else null
 * @throws RelayBenchError `NOT_COMPARABLE`
 */
export async function compareWithBaseline(request: BaselineRequest): Promise<ExitCode | null> {
  const { baseline, record, directory, host, isShown, isCi } = request;
  const [spoiled] = record.partial ? ['it was stopped before its end'] : bias(record);
  if (spoiled !== undefined) {
    host.io.stderr.write(`not compared with the baseline: this run can't be used: ${visible(spoiled)}\n`);
    return null;
  }
  const comparison = compareRuns([baseline], [{ name: 'this run', record }]);
  await writeReports(FORMATS.comparison, comparison, directory);
  if (isCi) await appendComparison(comparison, host);
  const terminal = formatNamed(FORMATS.comparison, 'terminal');
  if (isShown) host.io.stdout.write(`\n${terminal.render(comparison, screenOptions(host, []))}`);
  return comparison.verdict === 'worse' ? EXIT.regression : null;
}
