import type { Command } from 'commander';
import { MIN_RUNS } from '../../compare/judge-many.ts';
import { buildComparisonDocument } from '../../report/comparison/document.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { appendComparison } from '../ci.ts';
import { addJudgeOptions, compareOptionsOf, type JudgeFlags } from '../compare/flags.ts';
import { contender } from '../contest/contender.ts';
import { durationText, inContest } from '../contest/contest.ts';
import { abExitCode, holdAb } from '../contest/hold-ab.ts';
import type { RoundsResult } from '../contest/hold-rounds.ts';
import { requireSamples } from '../contest/require-samples.ts';
import { standingOfRounds } from '../contest/standing-of-rounds.ts';
import type { CommandHost } from '../host.ts';
import { asTyped, repeatable, wholeNumber } from '../options.ts';
import { printedFormat, writeReports } from '../report-format.ts';
import { corporaOf } from '../run/corpora.ts';
import { addShapeOptions, type ShapeFlags } from '../run/flags.ts';
import { DEFAULT_SCENARIO, EMBEDDED_TARGET, preparePlan } from '../run/prepare-plan.ts';
import { screenOptions } from '../run/reporters.ts';
import { sayVerdict } from '../say-verdict.ts';

interface AbFlags extends ShapeFlags, JudgeFlags {
  readonly base: string;
  readonly candidate: string;
  readonly rounds: number;
  readonly out?: string;
  readonly format: string;
  readonly iOwnThisRelay?: readonly string[];
}

/** Enough for a p value that three gated latencies may share, with one to spare. */
const DEFAULT_ROUNDS = 5;

/** `ab`: interleaved pairs of runs against two relays; exit 98 for a regression that fresh pairs confirm. */
export function addAb(program: Command, host: CommandHost): void {
  const command = program
    .command('ab')
    .description('compare two relays in interleaved pairs of runs, statistically')
    .argument('[scenario]', 'built-in name or YAML file', DEFAULT_SCENARIO)
    .requiredOption(
      '--base <url|command>',
      'relay to compare with; a command with {port} starts it for each run',
    )
    .requiredOption('--candidate <url|command>', 'relay that may be better or worse')
    .option('--rounds <n>', 'pairs of runs; fewer than four decide nothing', wholeNumber(1), DEFAULT_ROUNDS);
  addJudgeOptions(addShapeOptions(command))
    .option('--out <dir>', 'directory of the records; default: reports/<UTC time>-ab-<scenario>')
    .addOption(printedFormat(FORMATS.comparison))
    .option('--i-own-this-relay <host>', 'consent to load this host, repeatable', repeatable(asTyped))
    .action(async (scenario: string, flags: AbFlags) => runAb(scenario, flags, host));
}

async function runAb(scenario: string, flags: AbFlags, host: CommandHost): Promise<void> {
  const contenders = [contender('base', flags.base), contender('candidate', flags.candidate)];
  const plan = await preparePlan(
    scenario,
    {
      ...flags,
      relay: contenders.map(({ url }) => url ?? EMBEDDED_TARGET),
      defaultGates: false,
    },
    corporaOf(host, flags.cache),
  );
  const options = { ...compareOptionsOf(flags), method: 'statistical' as const };
  if (flags.rounds >= MIN_RUNS) requireSamples(plan, options.gated);
  const request = { host, kind: 'ab', plan, contenders, out: flags.out, owned: flags.iOwnThisRelay ?? [] };
  const comparison = await inContest(request, async ({ outDir, interruption, runOnce, say }) => {
    say(
      `${flags.rounds} pairs of runs, ${durationText(plan, 2 * flags.rounds)} in all, records in ${outDir.path}`,
    );
    const rounds = {
      contenders,
      rounds: flags.rounds,
      seed: plan.seed,
      directory: outDir.path,
      runOnce,
      interruption,
      say,
    };
    // Without a verdict both sides are still worth seeing beside each other.
    const onTooFew = async (held: RoundsResult): Promise<void> => {
      if (held.rounds.length + held.invalid.length === 0) return;
      const standing = standingOfRounds(contenders, held);
      await writeReports(FORMATS.standing, standing, outDir.path);
      const format = FORMATS.standing.find(({ name }) => name === flags.format) ?? FORMATS.standing[0];
      host.io.stdout.write(format?.render(standing, screenOptions(host, [])) ?? '');
    };
    const found = await holdAb({ rounds, options, onTooFew });
    await writeReports(FORMATS.comparison, found, outDir.path);
    return found;
  });
  if (flags.ci === true) await appendComparison(comparison, host);
  host.io.stdout.write(
    formatNamed(FORMATS.comparison, flags.format).render(comparison, screenOptions(host, [])),
  );
  sayVerdict(buildComparisonDocument(comparison).headline, flags.format, host);
  host.finish(abExitCode(comparison));
}
