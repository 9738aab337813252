import { type Command, Option } from 'commander';
import { formatDurationMs } from '../../base/duration.ts';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { didYouMean } from '../../base/suggest.ts';
import { ACTION_NAMES, ACTIONS, type ActionName, LINK_NAMES } from '../../fault/form/actions.ts';
import { tryParseBytes, tryParseBytesPerS } from '../../fault/form/bytes.ts';
import { orderProblems } from '../../fault/form/check.ts';
import type { FaultOrder } from '../../fault/form/form.ts';
import { orderText } from '../../fault/form/order-text.ts';
import { missingPart } from '../../fault/form/part.ts';
import { stackTarget } from '../../fault/stack-target.ts';
import { partsOf, strike } from '../../fault/strike.ts';
import type { Struck } from '../../fault/struck.ts';
import type { StackState } from '../../stack/state.ts';
import type { CommandHost } from '../host.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { asTyped, durationMs } from '../options.ts';
import { requireStack } from './running-stack.ts';

/** Options of `stack fault`: those of an order, and where the stack is. */
interface FaultFlags extends Omit<FaultOrder, 'action' | 'on' | 'most' | 'bandwidth'> {
  readonly dir?: string;
  readonly bandwidth?: string;
  readonly most?: string;
}

const SERVICES = `
Services: relay/1 …, postgres/1 … or primary, replica/1 …, cache/1 …, pubsub, haproxy, haproxy-db,
supervisor, edge/1 …, region/1 …; without a number all of them. Without --for what lasts goes on until Ctrl-C; freeze goes on until thaw.
delay, throttle and partition need: stack up --faultable`;

/** `stack fault`: breaks a part of the running stack, by hand. */
export function addFault(stack: Command, host: CommandHost): void {
  const actions = ACTION_NAMES.map((name) => `  ${name.padEnd(12)}  ${ACTIONS[name].does}`).join('\n');
  stack
    .command('fault')
    .description('break a part of the running stack, for some time or for good')
    .argument('<action>', `one of ${ACTION_NAMES.join(', ')}`)
    .argument('<service>', 'part of the stack, such as relay/2 or primary')
    .option(
      '--dir <dir>',
      "directory of the stack; default: in the user's state directory, for root in /var/lib/relay-bench",
      asTyped,
    )
    .option('--for <time>', 'undo it after this time, such as 5s', durationMs())
    .addOption(new Option('--link <link>', 'of the links of a part only this one').choices(LINK_NAMES))
    .addOption(
      new Option('--direction <way>', 'seen from who connects; default: both').choices([
        'both',
        'up',
        'down',
      ]),
    )
    .option('--latency <time>', 'of a delay, one way, such as 50ms', durationMs())
    .option('--jitter <time>', 'of a delay: up to so much longer, at random', durationMs(true))
    .option('--bandwidth <rate>', 'of a throttle, each way of each connection, such as 64KB/s', asTyped)
    .addOption(
      new Option('--how <how>', 'of a partition: hold back what is sent, or reset; default: hold').choices([
        'hold',
        'reset',
      ]),
    )
    .option('--most <size>', 'of fill-disk: write no more than this; default: 2GB', asTyped)
    .addHelpText('after', `\nActions:\n${actions}\n${SERVICES}`)
    .action(async (action: string, on: string, flags: FaultFlags) => runFault(action, on, flags, host));
}

async function runFault(action: string, on: string, flags: FaultFlags, host: CommandHost): Promise<void> {
  const order = orderOf(action, on, flags);
  const state = requireUp(flags.dir, host);
  const { io } = host;
  const interruption = watchInterruption({
    io,
    onFirst: () => undefined,
    // What is left then is undone by the guard of the action.
    onHardStop: async () => undefined,
  });
  try {
    const target = stackTarget(state);
    const parts = partsOf(order, target).map(({ name }) => name);
    const struck = await strike(order, target, interruption.signal);
    const detail = struck.detail === null ? '' : ` (${struck.detail})`;
    io.stdout.write(`${orderText({ ...order, on: parts.join(', ') })}: done${detail}\n`);
    await undoInTime(order, struck, { host, interruption });
  } finally {
    interruption.dispose();
  }
}

/** What lasts ends after its time, or with Ctrl-C; a freeze without a time stays. */
async function undoInTime(
  order: FaultOrder,
  struck: Struck,
  { host, interruption }: { readonly host: CommandHost; readonly interruption: Interruption },
): Promise<void> {
  if (struck.undo === null) return;
  const { stdout } = host.io;
  if (order.for === undefined && struck.leave !== null) {
    await struck.leave();
    stdout.write(`until: relay-bench stack fault thaw ${order.on}\n`);
    return;
  }
  if (order.for === undefined) stdout.write('until Ctrl-C\n');
  await untilOver(order.for, interruption.signal);
  try {
    await struck.undo();
  } catch (error) {
    throw new RelayBenchError(`${order.action} could not be undone: ${messageOf(error)}`, {
      code: 'FAULT_NOT_UNDONE',
      hint: '`relay-bench stack status` shows what is wrong',
      exitCode: EXIT.unreachable,
    });
  }
  // After Ctrl-C it was shorter than ordered.
  const forMs = interruption.signal.aborted ? undefined : order.for;
  stdout.write(forMs === undefined ? 'over\n' : `over after ${formatDurationMs(forMs)}\n`);
}

/** @param forMs undefined for ever */
function untilOver(forMs: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Something must keep the process alive while it waits for a signal.
    const timer = setTimeout(() => end(), forMs ?? 2 ** 31 - 1);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** @throws RelayBenchError `FAULT_INVALID` */
function orderOf(action: string, on: string, { dir: _, bandwidth, most, ...rest }: FaultFlags): FaultOrder {
  if (!isAction(action)) {
    throw invalid(`there is no action "${action}"${didYouMean(action, ACTION_NAMES)}`);
  }
  const order: FaultOrder = {
    ...rest,
    action,
    on,
    ...(bandwidth === undefined ? {} : { bandwidth: read(bandwidth, '--bandwidth', tryParseBytesPerS) }),
    ...(most === undefined ? {} : { most: read(most, '--most', tryParseBytes) }),
  };
  const missing = missingPart(on, EVERYTHING, 'a stack');
  if (missing !== null) throw invalid(`the service ${missing}`);
  const [first] = orderProblems(order);
  if (first === undefined) return order;
  throw invalid(`${nameOf(first.key)} ${first.message}`);
}

/** A name is looked at before the stack is; how many of each there are is asked of the stack. */
const EVERYTHING = {
  relay: 999,
  primary: 1,
  replica: 999,
  postgres: 999,
  pubsub: 1,
  cache: 999,
  haproxy: 1,
  'haproxy-db': 1,
  supervisor: 1,
  edge: 999,
  region: 999,
};

function nameOf(key: keyof FaultOrder): string {
  if (key === 'on') return 'the service';
  return key === 'action' ? 'the action' : `--${key}`;
}

function isAction(text: string): text is ActionName {
  return (ACTION_NAMES as readonly string[]).includes(text);
}

function read(text: string, option: string, parse: (text: string) => number | null): number {
  const value = parse(text);
  if (value !== null && value > 0) return value;
  const example = option === '--most' ? '512MB or 2GB' : '64KB/s or 1MB/s';
  throw invalid(`${option} ${text} is not a size with a unit, such as ${example}`);
}

function invalid(message: string): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'FAULT_INVALID',
    hint: 'see `relay-bench stack fault --help`',
  });
}

/** @throws RelayBenchError `STACK_NOT_UP` (exit 3) */
function requireUp(dir: string | undefined, host: CommandHost): StackState {
  const state = requireStack(dir, host);
  if (state.phase === 'up') return state;
  throw new RelayBenchError(`the stack in ${state.dir} is not up`, {
    code: 'STACK_NOT_UP',
    hint: 'start it with `relay-bench stack up`',
    exitCode: EXIT.unreachable,
  });
}
