import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inDatabase } from '../../src/stack/postgres/client.ts';
import { primaryOf } from '../../src/stack/postgres/servers.ts';
import { findProcess } from '../../src/stack/processes.ts';
import { relayAddresses } from '../../src/stack/relays.ts';
import { logOf, readState, type StackState, servicesOfKind } from '../../src/stack/state.ts';
import { Client } from '../conformance/client.ts';
import { eventuallyPasses } from '../support/eventually.ts';
import { runCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';
import { FAULTS, type Fault, FaultMaker } from '../support/stack-faults.ts';
import { SteadyWriters } from '../support/steady-writers.ts';

/** Each fault once; more of them for a longer look: `STACK_FAULTS=50 npx vitest run --project e2e stack-faults`. */
const COUNT = Number(process.env['STACK_FAULTS'] ?? FAULTS.length);
const WRITERS = 6;
/** Half a minute. */
const HEALING = { looks: 60, everyMs: 500 };
const LONGEST_PAUSE_MS = 300;
/** Ids of one question: no more than the default limit of a relay. */
const IDS_MAX = 500;
const DEADLINE_MS = 60_000 + COUNT * 20_000;

/** In any order; every one as often as another. */
function shuffled(count: number): Fault[] {
  const faults = Array.from({ length: count }, (_, index) => FAULTS[index % FAULTS.length] as Fault);
  return faults
    .map((fault) => ({ fault, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault);
}

function relayPids(state: StackState): (number | undefined)[] {
  return servicesOfKind(state, 'relay').map((relay) => findProcess(relay)?.pid);
}

/** What the primary has. */
async function storedIds(state: StackState): Promise<ReadonlySet<string>> {
  const rows = await inDatabase(primaryOf(state), (ask) =>
    ask<{ id: string }>("SELECT encode(id, 'hex') AS id FROM event"),
  );
  return new Set(rows.map(({ id }) => id));
}

/** Accepted events that a relay does not find. */
async function missingAt(url: string, accepted: readonly string[]): Promise<string[]> {
  const reader = await new Client(url).open();
  const found = new Set<string>();
  for (let from = 0; from < accepted.length; from += IDS_MAX) {
    const ids = accepted.slice(from, from + IDS_MAX);
    for (const id of await reader.ids({ ids, limit: IDS_MAX })) found.add(id);
  }
  reader.terminate();
  return accepted.filter((id) => !found.has(id));
}

test(
  'no failure of Postgres, Redis, a replica or the supervisor ends a relay, loses what was acknowledged or leaves an event without an answer',
  async () => {
    const dir = await stackDir();
    const flags = ['--relays', '2', '--durability', 'sync'];
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir, ...flags]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    const state = readState(dir);
    if (state === null) throw new Error(`no stack in ${dir}`);
    const pids = relayPids(state);
    const maker = new FaultMaker(state, Math.random);
    // Past the balancer: it gives up relays that a busy machine keeps waiting, which is not what is looked at here.
    const writers = await SteadyWriters.start(relayAddresses(state), WRITERS);

    for (const [index, fault] of shuffled(COUNT).entries()) {
      await sleep(Math.random() * LONGEST_PAUSE_MS);
      const beganMs = performance.now();
      await maker.make(fault);
      const name = `fault ${index + 1}, ${fault.action} ${fault.target}`;
      await writers.untilAccepted(name);
      process.stderr.write(`${name}: ${Math.round(performance.now() - beganMs)} ms\n`);
    }

    const { accepted, refused, unanswered, closed, slowestMs } = await writers.end();
    process.stderr.write(
      `${COUNT} faults: ${accepted.length} accepted, refused ${JSON.stringify([...refused])}, slowest ${Math.round(slowestMs)} ms\n`,
    );
    const logs = servicesOfKind(state, 'relay').map((relay) => readFileSync(logOf(relay), 'utf8'));
    expect(relayPids(state), logs.join('\n')).toEqual(pids);
    expect({ unanswered, closed }).toEqual({ unanswered: 0, closed: 0 });
    expect([...refused.keys()].filter((text) => !text.startsWith('error: '))).toEqual([]);
    expect(accepted.length).toBeGreaterThan(COUNT * WRITERS);
    const stored = await storedIds(state);
    expect(accepted.filter((id) => !stored.has(id))).toEqual([]);
    // Once it has healed: the last fault may have taken a replica, or the primary, a moment ago.
    for (const url of relayAddresses(state))
      await eventuallyPasses(async () => expect(await missingAt(url, accepted), url).toEqual([]), HEALING);
  },
  DEADLINE_MS,
);
