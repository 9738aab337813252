import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicNs, NS_PER_S } from '../../base/clock.ts';
import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import { readEnvironment } from '../../observe/environment.ts';
import { jsonText } from '../../record/json-text.ts';
import { defaultOutDir, writeFileAtomic } from '../../record/write.ts';
import { FORMATS } from '../../report/formats.ts';
import { buildSuite, type SuiteInput } from '../../suite/build.ts';
import type { Suite, SuiteRelay } from '../../suite/schema.ts';
import type { CommandHost } from '../host.ts';
import { exitCodeOf } from '../interruption.ts';
import {
  demandOf,
  inLoadSession,
  type LoadSession,
  REAL_SESSION_STAGES,
  type SessionStages,
} from '../load-session.ts';
import { writeReports } from '../report-format.ts';
import { measure } from '../run/measure.ts';
import { makeOutDir, type OutDir } from '../run/out-dir.ts';
import { readTool } from '../version.ts';
import { askRelays, relayOf } from './ask-relays.ts';
import { carrierOf } from './carry-out.ts';
import type { Field } from './contestant.ts';
import { holdSuite, Outcomes } from './hold-suite.ts';
import { fileOf, requireSameSuite } from './kept.ts';
import type { Mode } from './mode.ts';
import type { PartFlags, PlannedRun } from './plan-parts.ts';

export interface BatteryRequest {
  readonly host: CommandHost;
  readonly field: Field;
  readonly mode: Mode;
  readonly planned: readonly PlannedRun[];
  readonly seed: number;
  readonly flags: PartFlags;
  /** Null for the default. */
  readonly out: string | null;
  /** The suite to go on with, and where it lies; null for a new one. */
  readonly before: { readonly directory: string; readonly suite: Suite } | null;
  /** Hosts that the user owns, as in `--i-own-this-relay`. */
  readonly owned: readonly string[];
}

/** The stages that reach outside this process; tests replace them. */
export interface BatteryStages extends SessionStages {
  readonly ask: typeof askRelays;
  readonly measure: typeof measure;
  readonly hold: typeof holdSuite;
}

const REAL_STAGES: BatteryStages = { ...REAL_SESSION_STAGES, ask: askRelays, measure, hold: holdSuite };

export interface BatteryResult {
  readonly suite: Suite;
  readonly exitCode: ExitCode;
  readonly directory: string;
}

/**
 * A suite from its directory to its card: consent → limits → signals → what the relays do → the parts in turn → the card. After
 * every part `suite.json` says what is known so far, so that whatever ends it, `--resume` can go on.
 * @throws RelayBenchError where a stage before the first part fails
 */
export async function runBattery(
  request: BatteryRequest,
  stages: BatteryStages = REAL_STAGES,
): Promise<BatteryResult> {
  const { host, field, planned, owned, flags } = request;
  const say = (line: string): void => void host.io.stderr.write(`${line}\n`);
  const outDir = await outDirOf(request);
  const { path: directory } = outDir;
  const session = {
    host,
    given: field.contestants.flatMap(({ place }) => place.given),
    owned,
    demands: field.contestants.flatMap(({ place }) =>
      planned.map(({ plan }) => demandOf(plan, place.starts)),
    ),
    insecure: flags.insecure ?? false,
    onFirst: (signal: string) =>
      say(`${signal}: stopping, a second signal ends at once; --resume ${directory} goes on`),
    directory,
  };
  try {
    return await inLoadSession(
      session,
      (held) => battery({ ...request, stages, directory, session: held, say }),
      stages,
    );
  } finally {
    await outDir.removeIfEmpty();
  }
}

/** The directory of the suite, without what an earlier one has left that this one does not go on with. */
async function outDirOf({ out, before, field, planned }: BatteryRequest): Promise<OutDir> {
  if (before !== null) return { path: before.directory, removeIfEmpty: async () => undefined };
  const outDir = await makeOutDir(out ?? defaultOutDir(new Date().toISOString(), 'suite'));
  for (const { name } of field.contestants)
    for (const run of planned) await rm(join(outDir.path, fileOf(run, name)), { force: true });
  return outDir;
}

interface Battery extends BatteryRequest {
  readonly stages: BatteryStages;
  readonly directory: string;
  readonly session: LoadSession;
  readonly say: (line: string) => void;
}

async function battery(parts: Battery): Promise<BatteryResult> {
  const { host, field, planned, seed, mode, flags, directory, session, say, stages, before } = parts;
  const beganNs = monotonicNs();
  const head = headOf(parts);
  if (before !== null) requireSameSuite(before.suite, { ...head, relays: field.contestants.map(relayOf) });
  say(`${planned.length} parts of ${field.contestants.length} relays, records in ${directory}`);
  const relays = await stages.ask(field.contestants, {
    session,
    directory,
    insecure: flags.insecure ?? false,
    say,
  });
  const outcomes = new Outcomes();
  const suiteNow = (partial: boolean): Suite => {
    const duration_s = (before?.suite.duration_s ?? 0) + (monotonicNs() - beganNs) / NS_PER_S;
    return buildSuite({
      ...head,
      ...{ relays: [...relays], duration_s, partial },
      planned,
      outcomeOf: (part, relay) => outcomes.get(part, relay),
    });
  };
  const { interruption } = session;
  await stages.hold({
    ...{ directory, planned, seed, relays, outcomes, say },
    contestants: field.contestants,
    isResumed: before !== null,
    carrier: carrierOf({ host, session, directory, mode, flags, outcomes, measure: stages.measure, say }),
    isInterrupted: () => interruption.received() !== null,
    onProgress: () => writeFileAtomic(join(directory, 'suite.json'), jsonText(suiteNow(true))),
  });
  const signal = interruption.received();
  const suite = suiteNow(signal !== null);
  await writeReports(FORMATS.suite, suite, directory);
  return { suite, directory, exitCode: signal === null ? exitCodeOfSuite(suite) : exitCodeOf(signal) };
}

type Head = Omit<SuiteInput, 'relays' | 'duration_s' | 'partial' | 'planned' | 'outcomeOf'>;

function headOf({ mode, seed, field, before }: Battery): Head {
  const { cpus, cpuModel, memoryBytes, os, kernel } = readEnvironment(true);
  const { name, version, node } = readTool();
  return {
    tool: { name, version, node },
    startedAt: before?.suite.startedAt ?? new Date().toISOString(),
    mode: mode.name,
    seed,
    machine: { cpus, cpuModel, memoryBytes, os, kernel },
    reference: field.reference,
    warnings: [],
  };
}

/** 0 where every relay has a figure: 3 where one failed all it was asked, 103 where the generator could measure nothing of one. */
export function exitCodeOfSuite({ relays, parts }: Pick<Suite, 'relays' | 'parts'>): ExitCode {
  const codes = relays.map(({ name }: Pick<SuiteRelay, 'name'>): ExitCode => {
    const all = parts
      .flatMap(({ runs }) => runs.filter(({ relay }) => relay === name))
      .map(({ status }) => status);
    if (all.includes('measured') || all.every((status) => status === 'skipped')) return EXIT.ok;
    return all.includes('invalid') ? EXIT.invalidRun : EXIT.unreachable;
  });
  return codes.find((code) => code === EXIT.unreachable) ?? codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}
