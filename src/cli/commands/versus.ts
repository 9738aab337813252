import type { Command } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { MIN_RUNS } from '../../compare/judge-many.ts';
import { buildStandingDocument } from '../../report/comparison/standing-document.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import { type Contender, namedContender } from '../contest/contender.ts';
import { durationText, inContest } from '../contest/contest.ts';
import { holdRounds } from '../contest/hold-rounds.ts';
import { requireSamples } from '../contest/require-samples.ts';
import { standingOfRounds } from '../contest/standing-of-rounds.ts';
import type { CommandHost } from '../host.ts';
import { asTyped, repeatable, wholeNumber } from '../options.ts';
import { printedFormat, writeReports } from '../report-format.ts';
import { corporaOf } from '../run/corpora.ts';
import { addShapeOptions, type ShapeFlags } from '../run/flags.ts';
import { DEFAULT_SCENARIO, EMBEDDED_TARGET, preparePlan } from '../run/prepare-plan.ts';
import { requireDifferentNames } from '../run/relay-flag.ts';
import { screenOptions } from '../run/reporters.ts';
import { sayVerdict } from '../say-verdict.ts';

interface VersusFlags extends ShapeFlags {
  readonly relay: readonly Contender[];
  readonly rounds: number;
  readonly out?: string;
  readonly format: string;
  readonly iOwnThisRelay?: readonly string[];
}

const DEFAULT_ROUNDS = 5;

/** `versus`: several relays under the same load, in interleaved rounds; exit 0 whoever is best. */
export function addVersus(program: Command, host: CommandHost): void {
  const command = program
    .command('versus')
    .description('load several relays in turn with the same events and queries, one table')
    .argument('[scenario]', 'built-in name or YAML file', DEFAULT_SCENARIO)
    .requiredOption(
      '--relay <name=url|name=command>',
      'a relay, repeatable; a command with {port} (and {dir}) starts it for each run',
      repeatable(namedContender),
    )
    .option(
      '--rounds <n>',
      'runs of each relay; fewer than four name no best',
      wholeNumber(1),
      DEFAULT_ROUNDS,
    );
  addShapeOptions(command)
    .option('--out <dir>', 'directory of the records; default: reports/<UTC time>-versus-<scenario>')
    .addOption(printedFormat(FORMATS.standing))
    .option('--i-own-this-relay <host>', 'consent to load this host, repeatable', repeatable(asTyped))
    .action(async (scenario: string, flags: VersusFlags) => runVersus(scenario, flags, host));
}

async function runVersus(scenario: string, flags: VersusFlags, host: CommandHost): Promise<void> {
  const contenders = requireSeveral(flags.relay);
  const relay = contenders.map(({ url }) => url ?? EMBEDDED_TARGET);
  const plan = await preparePlan(
    scenario,
    { ...flags, relay, defaultGates: false },
    corporaOf(host, flags.cache),
  );
  if (flags.rounds >= MIN_RUNS) requireSamples(plan, null);
  const request = {
    host,
    kind: 'versus',
    plan,
    contenders,
    out: flags.out,
    owned: flags.iOwnThisRelay ?? [],
  };
  const { rounds: count } = flags;
  const standing = await inContest(request, async ({ outDir, interruption, runOnce, say }) => {
    const runs = count * contenders.length;
    say(
      `${count} rounds of ${contenders.length} runs, ${durationText(plan, runs)} in all, records in ${outDir.path}`,
    );
    const held = await holdRounds({
      contenders,
      rounds: count,
      seed: plan.seed,
      directory: outDir.path,
      prefix: '',
      runOnce,
      interruption,
      say,
    });
    const result = standingOfRounds(contenders, held);
    await writeReports(FORMATS.standing, result, outDir.path);
    return result;
  });
  host.io.stdout.write(formatNamed(FORMATS.standing, flags.format).render(standing, screenOptions(host, [])));
  sayVerdict(buildStandingDocument(standing).headline, flags.format, host);
  if (standing.validity === 'invalid') host.finish(EXIT.invalidRun);
}

function requireSeveral(contenders: readonly Contender[]): readonly Contender[] {
  requireDifferentNames(contenders);
  if (contenders.length > 1) return contenders;
  throw new RelayBenchError('versus needs at least two relays', {
    code: 'CONTENDER_INVALID',
    hint: 'write --relay NAME=URL once for each relay',
  });
}
