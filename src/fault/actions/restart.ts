import { setTimeout as sleep } from 'node:timers/promises';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { setServer } from '../../stack/haproxy/runtime.ts';
import { type StackState, servicesOfKind } from '../../stack/state.ts';
import type { FaultPart } from '../target.ts';
import { endOrderly } from './signals.ts';

const BACK_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Ends a part in an orderly way and waits until it serves again.
 * @param signal aborting it ends the wait
 * @throws RelayBenchError `FAULT_NOT_BACK` where it does not come back
 */
export async function restart(part: FaultPart, signal: AbortSignal): Promise<void> {
  if (!(await endOrderly(part))) throw notBack(part, 'it does not end');
  await part.start?.();
  await untilBack(part, signal);
}

async function untilBack(part: FaultPart, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + BACK_TIMEOUT_MS;
  for (;;) {
    const problem = await part.problem();
    if (problem === null || signal.aborted) return;
    if (performance.now() > deadline) throw notBack(part, problem);
    await sleep(POLL_MS);
  }
}

/**
 * The planned end of a relay: HAProxy sends it nobody new, those that it has are told to go when it ends, and once it
 * is back HAProxy sends it clients again, also where it does not come back in time.
 * @throws RelayBenchError `FAULT_NOT_BACK`, `FAULT_IMPOSSIBLE` where there is no balancer
 */
export async function drain(state: StackState, part: FaultPart, signal: AbortSignal): Promise<void> {
  const [balancer] = servicesOfKind(state, 'haproxy');
  if (balancer === undefined) {
    throw new RelayBenchError(`${part.name} can't be drained: the stack has no load balancer`, {
      code: 'FAULT_IMPOSSIBLE',
      hint: 'restart it instead, or use profile scaled',
      exitCode: EXIT.unreachable,
    });
  }
  await setServer(balancer, `relays/${part.name}`, 'drain');
  try {
    await restart(part, signal);
  } finally {
    await setServer(balancer, `relays/${part.name}`, 'ready');
  }
}

function notBack({ name, service }: FaultPart, problem: string): RelayBenchError {
  return new RelayBenchError(`${name} has not come back within ${BACK_TIMEOUT_MS / 1_000} s: ${problem}`, {
    code: 'FAULT_NOT_BACK',
    hint: service === null ? 'look into its log' : `see \`relay-bench stack logs ${name}\``,
    exitCode: EXIT.unreachable,
  });
}
