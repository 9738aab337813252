import { type Command, Option } from 'commander';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import type { PlanOverrides } from '../../plan/overrides.ts';
import { FORMATS, formatNames } from '../../report/formats.ts';
import {
  asTyped,
  authUrl,
  durationMs,
  oneWord,
  positiveNumber,
  ratePerSecond,
  redisUrl,
  repeatable,
  seedNumber,
  wholeNumber,
  wordList,
} from '../options.ts';
import { verifierOption } from '../verifier-option.ts';
import { PROGRESS_MODES, type ProgressMode } from './progress.ts';
import { relayFlag, type TargetFlags } from './relay-flag.ts';
import { DEFAULT_FORMATS } from './reporters.ts';
import type { TelemetryFlags } from './telemetry-flags.ts';

/** What decides the load; shared by all commands that run or plan one. */
export interface ShapeFlags {
  readonly connections?: number;
  readonly rate?: number;
  readonly loadFactor?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly workers?: number;
  /** How many agents carry out the run; undefined: this machine does. */
  readonly agents?: number;
  readonly seed?: number;
  /** Accept any TLS certificate. */
  readonly insecure?: boolean;
  /** What checks the signatures of received events, and those that the embedded relay is sent. */
  readonly verifier?: VerifierChoice;
  /** A corpus to publish in the place of the scenario's. */
  readonly corpus?: string;
  /** Where generated corpora are kept. */
  readonly cache?: string;
}

/** What decides the numbers of a run and its verdict; shared by `run` and `plan`. */
export interface LoadFlags extends ShapeFlags {
  /** Profile of the stack to load. */
  readonly stack?: string;
  /** Where that stack is, or will be; undefined: the default. */
  readonly stackDir?: string;
  /** Whether acknowledged events are read back at the end; undefined: where a stack is loaded. */
  readonly audit?: boolean;
  /** Arrivals evenly spaced, whatever the scenario says; no option of `run`. */
  readonly evenArrivals?: boolean;
  /** A trace to offer again, of a scenario that does so. */
  readonly trace?: string;
  /** Address of the relay in the `relay` tag of AUTH (NIP-42). */
  readonly authUrl?: string;
  /** Clients whose connection is lost come back. */
  readonly reconnect?: boolean;
  /** Clients offer permessage-deflate. */
  readonly compression?: boolean;
  readonly gate?: readonly string[];
  /** End the run where a gate can no longer hold. */
  readonly abortOnFail?: boolean;
  /** False for `--no-default-gates`. */
  readonly defaultGates: boolean;
}

/** All options of `run`. */
export interface RunFlags extends LoadFlags, TargetFlags, TelemetryFlags {
  /** Processes of a relay that runs already. */
  readonly process?: readonly number[];
  readonly out?: string;
  readonly format?: readonly string[];
  readonly progress: ProgressMode;
  /** Tell GitHub Actions what failed, and show the report there. */
  readonly ci?: boolean;
  /** Record of an earlier run to compare with. */
  readonly baseline?: string;
  readonly iOwnThisRelay?: readonly string[];
  readonly stackKeep?: boolean;
  /** Each worker has a core of its own. */
  readonly pin?: boolean;
  /** Delete what was published. */
  readonly cleanUp?: boolean;
  /** Makes what is published that of an earlier run with the same text. */
  readonly runSalt?: string;
  /** Where agents and coordinator meet. */
  readonly redis?: string;
  /** How long agents are waited for, ms. */
  readonly agentWait?: number;
  readonly onAgentLoss?: OnAgentLoss;
}

/** What becomes of a run that has lost an agent: it ends at once, or goes on with the others. It is invalid either way. */
export type OnAgentLoss = (typeof ON_AGENT_LOSS)[number];
const ON_AGENT_LOSS = ['abort', 'degrade'] as const;

const FORMAT_NAMES = formatNames(FORMATS.run);

/** Adds the options of {@link LoadFlags} and {@link TargetFlags}. */
export function addLoadOptions(command: Command): Command {
  command.option(
    '--relay <url|name=command>',
    'relay to load, repeatable: URL, NAME=URL, or NAME=COMMAND with {port} (and {dir}), which is started for the run; default: the embedded one',
    repeatable(relayFlag),
  );
  command.addOption(
    new Option(
      '--stack <profile>',
      'load the reference stack, started if it is not running: single, scaled or edge',
    )
      .argParser(asTyped)
      .conflicts('relay'),
  );
  command.option('--stack-dir <dir>', 'directory of the stack; default: as for `stack up`', asTyped);
  return addShapeOptions(command)
    .option(
      '--trace <file>',
      'what `record` has written, to be offered again by scenario replay: a file, or its directory',
      asTyped,
    )
    .option('--audit', 'read every acknowledged event back at the end; default with --stack')
    .option('--no-audit', 'do not read them back')
    .option(
      '--auth-url <url>',
      'address that AUTH names (NIP-42), where a proxy stands before the relay',
      authUrl,
    )
    .option(
      '--reconnect',
      'clients whose connection is lost come back, as real ones do; default: they stay away',
    )
    .option('--compression', 'clients offer permessage-deflate, as browsers do')
    .option('--gate <expr>', 'gate such as "ack_latency p99 < 250ms", repeatable', repeatable(asTyped))
    .option('--no-default-gates', 'judge by the gates of the scenario and of --gate alone')
    .option('--abort-on-fail', 'end the run as soon as a gate can no longer hold; exit 99');
}

/** Adds the options of {@link ShapeFlags}. */
export function addShapeOptions(command: Command): Command {
  return command
    .option('--connections <n>', 'connections over all workers', wholeNumber(1))
    .option(
      '--rate <n>',
      'events/s over all workers; queries/s or connections/s where a scenario has no events',
      ratePerSecond,
    )
    .option(
      '--load-factor <f>',
      'multiply every stream of the scenario by this, such as 5 or 0.5',
      positiveNumber,
    )
    .option('--duration <time>', 'length of all measured phases together, such as 30s', durationMs())
    .option('--warmup <time>', 'unmeasured load before the measured phases, 0s for none', durationMs(true))
    .option('--workers <n>', 'generator processes; default: by the cores', wholeNumber(1))
    .option('--seed <n>', 'seed of keys, events and arrivals', seedNumber)
    .option('--corpus <dir>', 'publish this corpus, made by `corpus import` or `corpus generate`', asTyped)
    .option('--cache <dir>', 'where generated corpora are kept (default: in $XDG_CACHE_HOME)', asTyped)
    .option('--insecure', 'accept any TLS certificate of a wss:// relay')
    .addOption(verifierOption());
}

/** Adds the options that only `run` has. */
export function addRunOptions(command: Command): Command {
  return addAgentOptions(command)
    .option('--out <dir>', 'directory of the reports; default: reports/<UTC time>-<scenario>')
    .option(
      '--format <list>',
      `reports to make: ${FORMAT_NAMES.join(', ')}; default: ${DEFAULT_FORMATS.join(',')}`,
      wordList(FORMAT_NAMES),
    )
    .option(
      '--process <pid>',
      'process of the relay at --relay URL: it and its children are sampled, repeatable',
      repeatable(wholeNumber(1)),
    )
    .option('--ci', 'annotations for GitHub Actions on stderr, the report in its step summary')
    .option('--baseline <run.json>', 'compare with this run at the end; exit 98 where this one is worse')
    .option(
      '--progress <how>',
      `live progress on stderr: ${PROGRESS_MODES.join(', ')}`,
      oneWord(PROGRESS_MODES),
      'auto',
    )
    .option(
      '--run-salt <text>',
      'publish the same events as every run with this text; default: new events in every run',
      asTyped,
    )
    .option(
      '--stack-keep',
      'keep the stack running that this run started; one that was running before always stays',
    )
    .addOption(
      new Option(
        '--pin',
        'give each worker a core of its own, which nothing else of this run uses (Linux)',
      ).conflicts('agents'),
    )
    .option('--clean-up', 'at the end ask the relays to delete what this run has published (NIP-09)')
    .option(
      '--i-own-this-relay <host>',
      'consent to load this host, repeatable; loopback needs none',
      repeatable(asTyped),
    );
}

function addAgentOptions(command: Command): Command {
  return command
    .option(
      '--agents <n>',
      'let so many agents carry out the run, see `relay-bench agent`',
      wholeNumber(1, 1_000),
    )
    .addOption(redisOption())
    .option('--agent-wait <time>', 'how long agents are waited for; default: 60s', durationMs())
    .addOption(
      new Option(
        '--on-agent-loss <how>',
        'end the run where an agent is lost (default), or go on with the others',
      ).choices(ON_AGENT_LOSS),
    );
}

/** `--redis`, which is a secret where it holds a password: then better in the environment. */
export function redisOption(): Option {
  return new Option('--redis <url>', 'where agents and runs meet: redis:// or rediss:// (TLS)')
    .argParser(redisUrl)
    .env('RELAY_BENCH_REDIS');
}

/** The scenario's values that flags replace. */
export function overridesOf(flags: LoadFlags): PlanOverrides {
  return {
    connections: flags.connections,
    rate_per_s: flags.rate,
    loadFactor: flags.loadFactor,
    evenArrivals: flags.evenArrivals,
    durationMs: flags.duration,
    warmupMs: flags.warmup,
    // One for each agent, unless more are asked for.
    workers: flags.workers ?? flags.agents,
    seed: flags.seed,
    corpus: flags.corpus,
    trace: flags.trace,
    gates: flags.gate,
    insecure: flags.insecure,
    authUrl: flags.authUrl,
    reconnect: flags.reconnect,
    compression: flags.compression,
    verifier: flags.verifier,
    noDefaultGates: !flags.defaultGates,
    abortOnFail: flags.abortOnFail,
  };
}
