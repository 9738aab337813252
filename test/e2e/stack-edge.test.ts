import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import { findProcess } from '../../src/stack/processes.ts';
import { entriesOf, portOf, readState, type Service, type StackState } from '../../src/stack/state.ts';
import type { ServiceStatus } from '../../src/stack/status.ts';
import { Author, nowSeconds } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { eventually } from '../support/eventually.ts';
import { RunbookShell } from '../support/runbook-shell.ts';
import { stepsOf } from '../support/runbook-steps.ts';

// One stack of profile edge: what its parts do for clients of its regions, then the commands of its runbook as they stand there.

// But for the audit, which takes longest: the test of the other runbooks types it.
const STEPS = stepsOf('docs/runbooks/edge.md').filter(({ script }) => !/\baudit\b/.test(script));
/** There and back, from each region. */
const RTT_MS = [40, 120];

let shell: RunbookShell;
let state: StackState;
const clients: Client[] = [];

beforeAll(async () => {
  shell = await RunbookShell.open(STEPS);
  await shell.up('edge');
  const found = readState(shell.stackDir);
  if (found === null) throw new Error('the stack is not there');
  state = found;
}, 120_000);

afterAll(async () => {
  for (const client of clients) client.terminate();
  await shell.close();
}, 60_000);

async function clientsOfRegions(): Promise<readonly [Client, Client]> {
  const [one, two] = await Promise.all(entriesOf(state).map((url) => new Client(url).open()));
  if (one === undefined || two === undefined) throw new Error('the stack has not two regions');
  clients.push(one, two);
  return [one, two];
}

function serviceNamed(name: string): Service {
  const found = state.services.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the stack has no ${name}`);
  return found;
}

async function metric(name: string, sample: string): Promise<number> {
  const text = await (
    await fetch(`http://127.0.0.1:${portOf(serviceNamed(name), 'metrics')}/metrics`)
  ).text();
  const line = text.split('\n').find((each) => each.startsWith(`${sample} `));
  return Number(line?.split(' ')[1]);
}

/** @returns how long it took, ms */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}

const deliveries = (name: string): Promise<number> => metric(name, 'nostr_deliveries_total');

describe('a stack with edges', () => {
  test('is far from its origin once: the first question of a region goes the long way, the next is answered there', async () => {
    const author = new Author();
    const event = author.sign({ content: 'far away' });
    const [one, two] = await clientsOfRegions();
    expect(await timed(() => one.publish(event))).toBeGreaterThanOrEqual(RTT_MS[0] as number);
    for (const [index, client] of [one, two].entries()) {
      const edge = `edge-${index + 1}`;
      const filter = { authors: [author.pubkey] };
      const ask = async (): Promise<void> => expect(await client.ids(filter)).toEqual([event.id]);
      expect(await timed(ask)).toBeGreaterThanOrEqual(RTT_MS[index] as number);
      const [hits, misses] = await Promise.all([
        metric(edge, 'nostr_edge_hits_total'),
        metric(edge, 'nostr_edge_misses_total'),
      ]);
      await ask();
      expect(await metric(edge, 'nostr_edge_hits_total')).toBe(hits + 1);
      expect(await metric(edge, 'nostr_edge_misses_total')).toBe(misses);
    }
  });

  test('gets an event from its origin once a region, however many wait for it there, and counts its bytes', async () => {
    const author = new Author();
    const [one, two] = await clientsOfRegions();
    const subscriptions = Array.from({ length: 10 }, () => two.subscribe({ authors: [author.pubkey] }));
    for (const id of subscriptions) await two.stored(id);
    // The question of the edge is open at the origin until its CLOSE has come there.
    await eventually(
      'one subscription an edge',
      async () => (await metric('relay-1', 'nostr_subscriptions')) === 2,
    );
    const sample = 'relay_bench_link_bytes_total{link="edge-2>relay-1:ws",region="2",direction="down"}';
    const [before, bytes, edge] = await Promise.all([
      deliveries('relay-1'),
      metric('links', sample),
      deliveries('edge-2'),
    ]);
    const event = author.sign({ content: 'x'.repeat(2_000) });
    await one.publish(event);
    for (const id of subscriptions) await two.delivery(id, event.id);
    // Each of the two edges, and what its pings and pongs take.
    expect(await deliveries('relay-1')).toBe(before + 2);
    expect(await deliveries('edge-2')).toBe(edge + 10);
    const carried = (await metric('links', sample)) - bytes;
    expect(carried).toBeGreaterThan(2_000);
    expect(carried).toBeLessThan(2 * 2_000);
  });

  test('keeps pages at the edge for a second, each with the keys by which a cache drops it, and serves no deleted one after it', async () => {
    const author = new Author();
    const [one] = await clientsOfRegions();
    const note = author.sign({ content: 'to be deleted' });
    const profile = author.sign({ kind: 0, created_at: nowSeconds() - 10 });
    await one.publishAll([note, profile]);
    const far = `http://127.0.0.1:${portOf(serviceNamed('region-2'), 'ws')}`;
    const pages = [`${far}/e/${note.id}`, `${far}/p/${author.pubkey}/0`] as const;
    for (const [page, { id, kind }] of [[pages[0], note] as const, [pages[1], profile] as const]) {
      await eventually('a page that the balancer has', async () => {
        const answer = await fetch(page);
        expect([answer.status, answer.headers.get('etag')]).toEqual([200, `"${id}"`]);
        expect(answer.headers.get('cache-control')).toBe('public, no-cache');
        expect(answer.headers.get('surrogate-key')).toBe(`${id} ${author.pubkey} ${author.pubkey}/${kind}`);
        return answer.headers.get('x-cache') === 'HIT';
      });
      const known = await fetch(page, { headers: { 'if-none-match': `"${id}"` } });
      expect(known.status).toBe(304);
    }
    const newer = author.sign({ kind: 0 });
    await one.publishAll([author.sign({ kind: 5, tags: [['e', note.id]] }), newer]);
    await eventually('the note is gone', async () => (await fetch(pages[0])).status === 404);
    await eventually('the newer profile', async () => {
      const { headers } = await fetch(pages[1]);
      return headers.get('etag') === `"${newer.id}"`;
    });
    const { services } = await shell.status();
    const figures = services.find(({ name }) => name === 'region-2')?.figures;
    expect(figures?.['pageHits_total']).toBeGreaterThan(0);
  });

  test('goes on with what it holds while its origin is dead, says that it takes nothing, and finds the origin again', async () => {
    const author = new Author();
    const [one, two] = await clientsOfRegions();
    const [held, refused, again] = ['held', 'refused', 'again'].map((content) => author.sign({ content }));
    if (held === undefined || refused === undefined || again === undefined) throw new Error('no events');
    await one.publish(held);
    const filter = { authors: [author.pubkey] };
    const subscription = two.subscribe(filter);
    await two.stored(subscription);
    expect(await one.ids(filter)).toEqual([held.id]);
    const origin = serviceNamed('relay-1');
    const { pid } = findProcess(origin) ?? { pid: 0 };
    process.kill(pid, 'SIGKILL');
    await eventually('the edge knows it', async () => (await metric('edge-1', 'nostr_edge_origin_up')) === 0);
    // One that was handed in before is handed in again when the origin is there.
    const ok = await one.publish(refused);
    expect([ok.accepted, ok.message]).toEqual([
      false,
      'error: the origin cannot be reached, the event was not sent to it',
    ]);
    expect(await one.ids(filter)).toContain(held.id);
    await eventually('an event is taken again', async () => (await one.publish(again)).accepted);
    await two.delivery(subscription, again.id);
    expect(two.received(subscription).filter(({ id }) => id === again.id)).toHaveLength(1);
    expect(findProcess(origin)?.pid).not.toBe(pid);
  });

  test('does what its runbook says: a region is cut off under load, and nothing is lost', {
    timeout: 300_000,
  }, async () => {
    await shell.takeAll(STEPS);
    const { services } = await shell.status();
    const statusOf = (name: string): ServiceStatus | undefined => services.find((each) => each.name === name);
    expect(services.map(({ problem }) => problem)).toEqual(services.map(() => null));
    expect(statusOf('relay-1')?.restarts).toBeGreaterThanOrEqual(1);
    expect(statusOf('edge-2')?.figures['edgeOriginUp']).toBe(1);
    const record = await readRunRecord(shell.path('reports/edge/run.json'));
    expect(record.target.urls).toEqual(entriesOf(state));
    expect(record.counters.deliveries_received).toBeGreaterThan(100);
    expect(record.counters.deliveries_missing).toBe(0);
    expect(record.regions?.each).toMatchObject([
      { name: 'region-1', rtt_ms: RTT_MS[0], edges: ['edge-1'], reads: { total: expect.any(Number) } },
      { name: 'region-2', rtt_ms: RTT_MS[1], edges: ['edge-2'], events: { toClients: expect.any(Number) } },
    ]);
    expect(Object.keys(record.metrics)).toEqual(
      expect.arrayContaining(['ack_latency{region=region-2}', 'eose_latency{region=region-1}']),
    );
    const links = record.components.find(({ name }) => name === 'links')?.figures ?? {};
    expect(links['wan1BytesDown_total']).toBeGreaterThan(0);
    expect(links['wan2BytesDown_total']).toBeGreaterThan(0);
  });
});
