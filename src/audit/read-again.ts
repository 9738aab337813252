import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../judge/history/operation.ts';
import type { Violation } from '../record/audit-schema.ts';
import { findIds } from './find-ids.ts';
import { type AskedRelay, askAll } from './relays.ts';
import { type Checked, type Clock, checkedBy, timelineOf } from './violation.ts';

/** How often events that were seen are asked for again. */
const ROUNDS = 5;
const GAP_MS = 100;

export interface ReadAgainRequest {
  /** Relay processes and, where there is one, what stands before them. */
  readonly relays: readonly AskedRelay[];
  /** Events that are there. */
  readonly present: readonly Operation[];
  readonly batch: number;
  readonly clock: Clock;
}

/** I8: what a connection has returned once it returns again and again. */
export async function readAgain(request: ReadAgainRequest): Promise<Checked> {
  const { relays, present } = request;
  const vanished = new Map<string, Violation>();
  await askAll(relays, async (relay) => {
    const seen = new Set<string>();
    for (let round = 1; round <= ROUNDS; round++) {
      if (round > 1) await sleep(GAP_MS);
      for (const operation of await readOnce(relay, seen, request))
        vanished.set(operation.facts.id, vanishedOn(relay, operation, round, request.clock));
    }
  });
  return checkedBy({
    checked: present.length,
    violations: [...vanished.values()],
    basis: `a sample, read ${ROUNDS} times on the same connections after the run`,
  });
}

/** @returns what was seen before and is not there now */
async function readOnce(
  relay: AskedRelay,
  seen: Set<string>,
  { present, batch }: ReadAgainRequest,
): Promise<Operation[]> {
  const gone: Operation[] = [];
  for (let from = 0; from < present.length; from += batch) {
    const part = present.slice(from, from + batch);
    const found = await findIds(
      relay.connection,
      part.map(({ facts }) => facts.id),
    );
    gone.push(...part.filter(({ facts }) => seen.has(facts.id) && !found.has(facts.id)));
    for (const id of found) seen.add(id);
  }
  return gone;
}

function vanishedOn({ name }: AskedRelay, operation: Operation, round: number, clock: Clock): Violation {
  const { id, kind } = operation.facts;
  const gone = `seen on ${name} and then not, in reading ${round} of ${ROUNDS}`;
  return {
    subject: id,
    kind,
    what: 'vanished: seen once and then not',
    timeline: timelineOf(operation, gone, clock),
  };
}
