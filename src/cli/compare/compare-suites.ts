import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { DEFAULT_OPTIONS } from '../../compare/compare.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { buildSuiteComparisonDocument } from '../../report/suite/comparison-document.ts';
import { compareSuites, type NamedSuite } from '../../suite/compare.ts';
import { isSuite, readSuite } from '../../suite/read.ts';
import type { CommandHost } from '../host.ts';
import { screenOptions } from '../run/reporters.ts';
import { sayVerdict } from '../say-verdict.ts';

export interface SuitesFlags {
  readonly tolerance?: number | undefined;
  readonly crossHost?: boolean | undefined;
  readonly format: string;
}

/** Whether the files of a comparison are suites: the first of them says so. */
export async function areSuites([first]: readonly string[]): Promise<boolean> {
  return first !== undefined && (await isSuite(first));
}

/**
 * Compares two suites; exit 98 where a relay became slower over its parts.
 * @throws RelayBenchError `SUITE_FILE_INVALID`, `NOT_COMPARABLE`, `COMPARE_SIDES` for more than two files
 */
export async function compareTwoSuites(
  [base, candidate]: readonly [readonly string[], readonly string[]],
  flags: SuitesFlags,
  host: CommandHost,
): Promise<void> {
  if (base.length !== 1 || candidate.length !== 1)
    throw new RelayBenchError(`two suites are compared; ${base.length + candidate.length} files were named`, {
      code: 'COMPARE_SIDES',
      hint: 'write `compare BASE/suite.json CANDIDATE/suite.json`',
    });
  const [one, other] = [await read(base[0] ?? ''), await read(candidate[0] ?? '')];
  const found = compareSuites(one, other, {
    tolerance: flags.tolerance ?? DEFAULT_OPTIONS.tolerance,
    crossHost: flags.crossHost ?? false,
  });
  const format = formatNamed(FORMATS.suiteComparison, flags.format);
  host.io.stdout.write(format.render(found, screenOptions(host, [])));
  sayVerdict(buildSuiteComparisonDocument(found).headline, flags.format, host);
  if (found.relays.some(({ verdict }) => verdict === 'worse')) host.finish(EXIT.regression);
}

async function read(name: string): Promise<NamedSuite> {
  return { name, suite: await readSuite(name) };
}
