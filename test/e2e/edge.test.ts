import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audit } from '../../src/record/audit-schema.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { Author, nowSeconds } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { runStatement } from '../conformance/statement.ts';
import { statements } from '../conformance/statements.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';
import { type Attempt, historyFile } from '../support/histories.ts';
import { runMain } from '../support/run-main.ts';
import { sampleRecord } from '../support/sample-record.ts';

const clients: Client[] = [];
let origin: BuiltRelay;
let edges: readonly [BuiltRelay, BuiltRelay];

async function open({ url }: { readonly url: string }): Promise<Client> {
  const client = new Client(url);
  clients.push(client);
  return await client.open();
}

async function metric({ metricsUrl }: BuiltRelay, name: string): Promise<number> {
  const lines = (await (await fetch(metricsUrl)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
}

function httpOf({ url }: BuiltRelay, path: string): string {
  return `${url.replace('ws:', 'http:')}${path}`;
}

/** Audits a run that has published these events, by the command. */
async function auditOf(attempts: readonly Attempt[]): ReturnType<typeof runMain> {
  const file = await historyFile(attempts);
  const sample = sampleRecord('pass');
  const record: RunRecord = {
    ...sample,
    corpus: { ...sample.corpus, fingerprint: 'fresh:notes' },
    target: { ...sample.target, nip11: { supported_nips: [1, 9, 11, 40, 45] } },
    faults: [],
  };
  const path = join(dirname(file), 'run.json');
  await writeFile(path, JSON.stringify(record));
  const places = ['--relay', origin.url, ...edges.flatMap(({ url }) => ['--edge', url])];
  return await runMain(['audit', path, ...places, '--probe', '--json']);
}

beforeAll(async () => {
  origin = await startBuiltRelay(['--verify-workers', '1']);
  const edge = (): Promise<BuiltRelay> =>
    startBuiltRelay(['--role', 'edge', '--origin', origin.url, '--verify-workers', '1']);
  edges = await Promise.all([edge(), edge()]);
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.terminate();
  await Promise.all([origin, ...edges].map((relay) => relay.stop()));
});

/** What stays with the origin, and is not advertised. */
const OF_ORIGIN = [17, 59, 70, 77];

describe('towards its clients an edge is a relay', () => {
  const kept = statements.filter(({ nip }) => ![nip ?? []].flat().some((each) => OF_ORIGIN.includes(each)));

  it('of which most of the statements speak', () => {
    expect(kept.length).toBeGreaterThan(100);
  });

  for (const statement of kept) {
    it(`${statement.id}: ${statement.statement}`, () => runStatement(statement, edges[0].url));
  }
});

describe('edges of one origin', () => {
  it('hand events to the origin, and tell their own clients what any of them has taken', async () => {
    const author = new Author();
    const [here, there] = await Promise.all(edges.map(open));
    if (here === undefined || there === undefined) throw new Error('no clients');
    const subscriptions = [
      there.subscribe({ authors: [author.pubkey] }),
      there.subscribe({ authors: [author.pubkey] }),
    ];
    for (const id of subscriptions) await there.stored(id);
    const events = [author.sign({ content: 'stored' }), author.sign({ kind: 20_001, content: 'ephemeral' })];
    for (const event of events) {
      expect(await here.publish(event)).toEqual({ accepted: true, message: '' });
      for (const id of subscriptions) await there.delivery(id, event.id);
    }
    for (const id of subscriptions)
      expect(there.received(id).map((event) => event.id)).toEqual(events.map(({ id: each }) => each));
    expect(await here.publish(events[0] as (typeof events)[0])).toEqual({
      accepted: true,
      message: 'duplicate: already have this event',
    });
    const atOrigin = await open(origin);
    expect(await atOrigin.ids({ authors: [author.pubkey] })).toEqual([events[0]?.id]);
  });

  it('answer what is asked again by themselves, and never with what was deleted', async () => {
    const author = new Author();
    const client = await open(edges[0]);
    const elsewhere = await open(edges[1]);
    const event = author.sign({ content: 'to be deleted' });
    await client.publish(event);
    const filter = { authors: [author.pubkey], kinds: [1] };
    for (const each of [client, elsewhere]) expect(await each.ids(filter)).toEqual([event.id]);
    const before = await metric(edges[0], 'nostr_edge_hits_total');
    for (let i = 0; i < 5; i++) expect(await client.ids(filter)).toEqual([event.id]);
    expect((await metric(edges[0], 'nostr_edge_hits_total')) - before).toBe(5);
    await client.publishAll([author.sign({ kind: 5, tags: [['e', event.id]] })]);
    expect(await client.ids(filter, { ids: [event.id] })).toEqual([]);
    await eventually('the other edge has heard', async () => (await elsewhere.ids(filter)).length === 0);
    expect(await client.publish(event)).toEqual({
      accepted: false,
      message: 'blocked: this event was deleted',
    });
  });

  it('serve pages over HTTP as the origin does', async () => {
    const author = new Author();
    const client = await open(edges[0]);
    const [first, second] = [5, 0].map((ago) => author.sign({ kind: 0, created_at: nowSeconds() - ago }));
    if (first === undefined || second === undefined) throw new Error('no versions');
    await client.publish(first);
    const url = httpOf(edges[0], `/p/${author.pubkey}/0`);
    const page = await fetch(url);
    expect(await page.json()).toEqual(first);
    const headers = { 'if-none-match': page.headers.get('etag') ?? '' };
    expect((await fetch(url, { headers })).status).toBe(304);
    await client.publish(second);
    const newer = await fetch(url, { headers });
    expect([newer.status, newer.headers.get('etag')]).toEqual([200, `"${second.id}"`]);
    expect((await fetch(httpOf(edges[0], `/e/${first.id}`))).status).toBe(404);
    expect((await fetch(httpOf(edges[0], `/e/${second.id}`))).status).toBe(200);
  });

  it('are audited with their origin, and it is measured how long they serve what was replaced or deleted', async () => {
    const author = new Author();
    const client = await open(edges[0]);
    const [note, deleted, profile] = [author.sign(), author.sign({ content: 'x' }), author.sign({ kind: 0 })];
    const deletion = author.sign({ kind: 5, tags: [['e', deleted.id]] });
    await client.publishAll([note, deleted, profile, deletion]);
    const kept = [note, deleted, profile, deletion].map((event) => ({ event }));
    const right = await auditOf(kept);
    expect(right.exitCode, right.stderr).toBe(0);
    const found = JSON.parse(right.stdout) as Audit;
    expect(found.invariants?.filter(({ violated }) => violated > 0)).toEqual([]);
    expect(found).toMatchObject({
      acknowledged: 3,
      found: 3,
      edges: { names: ['edge 1', 'edge 2'], reason: null },
    });
    expect(found.edges?.staleness?.samples).toBe(40);
  });

  // The last: the origin does not come back.
  it('go on with what they hold when the origin is gone, and say what they cannot do', async () => {
    const author = new Author();
    const client = await open(edges[0]);
    const event = author.sign();
    await client.publish(event);
    expect(await client.ids({ authors: [author.pubkey] })).toEqual([event.id]);
    await origin.stop();
    await eventually('the edge knows', async () => (await metric(edges[0], 'nostr_edge_origin_up')) === 0);
    expect(await client.ids({ authors: [author.pubkey] })).toEqual([event.id]);
    expect(await client.query({ kinds: [30_023], '#t': ['never asked'] })).toEqual({
      events: [],
      closed: 'error: the origin cannot be reached, try again later',
    });
    expect(await client.publish(author.sign())).toEqual({
      accepted: false,
      message: 'error: the origin cannot be reached, the event was not sent to it',
    });
    await eventually(
      'pages are refused',
      async () => (await fetch(httpOf(edges[0], `/e/${event.id}`))).status === 503,
    );
  });
});
