import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AssumptionName } from '../../capacity/assumptions.ts';
import { FORMATS } from '../../report/formats.ts';
import { MOST_PROCESSES } from '../../stack/topology.ts';
import { isUrl } from '../contest/contender.ts';
import { asTyped, authUrl, durationMs, repeatable, shareInPercent } from '../options.ts';
import { printedFormat } from '../report-format.ts';
import { addShapeOptions, type LoadFlags } from '../run/flags.ts';
import { assumption, numberOfUsers } from './forecast.ts';

/** Options of `capacity`. */
export interface CapacityFlags extends Omit<LoadFlags, 'audit' | 'abortOnFail' | 'evenArrivals'> {
  /** Addresses, or one `NAME=URL` or `NAME=COMMAND`, as typed. */
  readonly relay?: readonly string[];
  /** Numbers of relay processes, ascending: one search for each, on a stack of its own. */
  readonly relays?: readonly number[];
  readonly of: 'rate' | 'connections';
  readonly tolerance: number;
  /** In ms. */
  readonly budget: number;
  readonly arrivals: 'even' | 'scenario';
  readonly out?: string;
  readonly format: string;
  readonly iOwnThisRelay?: readonly string[];
  /** Users to estimate for, in place of a search. */
  readonly for?: number;
  readonly assume?: readonly (readonly [AssumptionName, number])[];
}

const DEFAULT_TOLERANCE = 0.05;
const DEFAULT_BUDGET_MS = 600_000;

/** Adds them. */
export function addCapacityOptions(command: Command): Command {
  addTargetOptions(command);
  addSearchOptions(command);
  addShapeOptions(command)
    .option(
      '--auth-url <url>',
      'address that AUTH names (NIP-42), where a proxy stands before the relay',
      authUrl,
    )
    .option('--gate <expr>', 'gate such as "ack_latency p99 < 250ms", repeatable', repeatable(asTyped))
    .option('--no-default-gates', 'judge by the gates of the scenario and of --gate alone')
    .option('--out <dir>', 'directory of the result; default: reports/<UTC time>-capacity-<scenario>')
    .addOption(printedFormat(FORMATS.capacity))
    .option('--i-own-this-relay <host>', 'consent to load this host, repeatable', repeatable(asTyped));
  return addEstimateOptions(command);
}

function addTargetOptions(command: Command): void {
  command
    .option(
      '--relay <url|name=command>',
      'relay to load, repeatable; a command with {port} (and {dir}) starts it for each step; default: the embedded one',
      repeatable(asTyped),
    )
    .addOption(
      new Option('--stack <profile>', 'load the reference stack: single, scaled or edge')
        .argParser(asTyped)
        .conflicts('relay'),
    )
    .option('--stack-dir <dir>', 'directory of the stack; default: as for `stack up`', asTyped)
    .addOption(
      new Option(
        '--relays <list>',
        'with --stack scaled: a search for each number of relay processes, such as 1,2,3, on a stack of its own',
      )
        .argParser(relayNumbers)
        .conflicts('relay'),
    );
}

function addSearchOptions(command: Command): void {
  command
    .addOption(new Option('--of <what>', 'what is raised').choices(['rate', 'connections']).default('rate'))
    .option('--tolerance <share>', 'how near to the limit, as a share of it', tolerance, DEFAULT_TOLERANCE)
    .option(
      '--budget <time>',
      'end after this long with what is known; with --relays each search',
      durationMs(),
      DEFAULT_BUDGET_MS,
    )
    .addOption(
      new Option('--arrivals <how>', 'evenly spaced, or as the scenario has them')
        .choices(['even', 'scenario'])
        .default('even'),
    );
}

/** What estimates takes none of the other options, save how it is printed. */
function addEstimateOptions(command: Command): Command {
  const others = command.options.map((option) => option.attributeName()).filter((name) => name !== 'format');
  return command
    .addOption(
      new Option('--for <users>', 'estimate what so many users need, such as "1M users"; loads nothing')
        .argParser(numberOfUsers)
        .conflicts(others),
    )
    .addOption(
      new Option('--assume <key=value>', 'with --for: another value of an assumption, repeatable')
        .argParser(repeatable(assumption))
        .conflicts(others),
    );
}

/** Finer than what one run can tell from the next is not worth its time. */
const LEAST_TOLERANCE = 0.005;

function tolerance(text: string): number {
  return Math.max(LEAST_TOLERANCE, shareInPercent(text));
}

/** `1,2,3`: numbers of relay processes, ascending, each once. */
export function relayNumbers(text: string): readonly number[] {
  const numbers = text.split(',').map((word) => word.trim());
  const isNumber = (word: string): boolean =>
    /^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= MOST_PROCESSES;
  if (numbers.every(isNumber)) return [...new Set(numbers.map(Number))].sort((a, b) => a - b);
  throw new InvalidArgumentError(
    `must be numbers of relays from 1 to ${MOST_PROCESSES}, separated by commas, such as 1,2,3.`,
  );
}

/** Whether all that was named are addresses; else it is one relay with a name. */
export function areUrls(relays: readonly string[]): boolean {
  return relays.every(isUrl);
}
