import { type Command, Option } from 'commander';
import { formatDurationMs } from '../../base/duration.ts';
import { MIN_RUNS } from '../../compare/judge-many.ts';
import type { Plan } from '../../plan/plan.ts';
import { buildComparisonDocument } from '../../report/comparison/document.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { appendComparison } from '../ci.ts';
import { addJudgeOptions, compareOptionsOf, type JudgeFlags } from '../compare/flags.ts';
import { type Contender, contender } from '../contest/contender.ts';
import { type Contest, durationText, inContest } from '../contest/contest.ts';
import { findWarmUp, LOOK_MS, warmUpMsOf } from '../contest/find-warm-up.ts';
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
  /** Whether it is measured how long runs take to settle. */
  readonly settle?: boolean;
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
    .option('--rounds <n>', 'pairs of runs; fewer than four decide nothing', wholeNumber(1), DEFAULT_ROUNDS)
    .addOption(
      new Option(
        '--settle',
        'find out first, by a run of 30s against each, how long runs take to settle, and leave out so much',
      ).conflicts('warmup'),
    );
  addJudgeOptions(addShapeOptions(command))
    .option('--out <dir>', 'directory of the records; default: reports/<UTC time>-ab-<scenario>')
    .addOption(printedFormat(FORMATS.comparison))
    .option('--i-own-this-relay <host>', 'consent to load this host, repeatable', repeatable(asTyped))
    .action(async (scenario: string, flags: AbFlags) => runAb(scenario, flags, host));
}

async function runAb(scenario: string, flags: AbFlags, host: CommandHost): Promise<void> {
  const contenders = [contender('base', flags.base), contender('candidate', flags.candidate)];
  const planWith = async (times: Pick<ShapeFlags, 'warmup' | 'duration'>): Promise<Plan> =>
    preparePlan(
      scenario,
      {
        ...flags,
        ...times,
        relay: contenders.map(({ url }) => url ?? EMBEDDED_TARGET),
        defaultGates: false,
      },
      corporaOf(host, flags.cache),
    );
  const plan = await planWith({});
  const options = { ...compareOptionsOf(flags), method: 'statistical' as const };
  if (flags.rounds >= MIN_RUNS) requireSamples(plan, options.gated);
  const request = { host, kind: 'ab', plan, contenders, out: flags.out, owned: flags.iOwnThisRelay ?? [] };
  const comparison = await inContest(request, async ({ outDir, interruption, runnerOf, say }) => {
    const settled =
      flags.settle === true ? await settledPlan({ plan, planWith, contenders, runnerOf, say }) : plan;
    say(
      `${flags.rounds} pairs of runs, ${durationText(settled, 2 * flags.rounds)} in all, records in ${outDir.path}`,
    );
    const rounds = {
      contenders,
      rounds: flags.rounds,
      seed: plan.seed,
      directory: outDir.path,
      runOnce: runnerOf(settled),
      interruption,
      say,
    };
    const onTooFew = async (held: RoundsResult): Promise<void> =>
      showBoth(held, { contenders, directory: outDir.path, format: flags.format, host });
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

interface Shown {
  readonly contenders: readonly Contender[];
  readonly directory: string;
  readonly format: string;
  readonly host: CommandHost;
}

/** Without a verdict both sides are still worth seeing beside each other. */
async function showBoth(held: RoundsResult, { contenders, directory, format, host }: Shown): Promise<void> {
  if (held.rounds.length + held.invalid.length === 0) return;
  const standing = standingOfRounds(contenders, held);
  await writeReports(FORMATS.standing, standing, directory);
  const shown = FORMATS.standing.find(({ name }) => name === format) ?? FORMATS.standing[0];
  host.io.stdout.write(shown?.render(standing, screenOptions(host, [])) ?? '');
}

interface Settling extends Pick<Contest, 'runnerOf' | 'say'> {
  readonly plan: Plan;
  readonly planWith: (times: Pick<ShapeFlags, 'warmup' | 'duration'>) => Promise<Plan>;
  readonly contenders: readonly Contender[];
}

/** The plan with as much warm-up as runs take to settle, no less than it has. */
async function settledPlan({ plan, planWith, contenders, runnerOf, say }: Settling): Promise<Plan> {
  const look = await planWith({ warmup: 0, duration: LOOK_MS });
  const leastMs = warmUpMsOf(plan.phases);
  const warmup = await findWarmUp({ contenders, runOnce: runnerOf(look), leastMs, say });
  say(`${formatDurationMs(warmup)} of each run are left out`);
  return planWith({ warmup });
}
