import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { relayAddresses } from '../../src/stack/relays.ts';
import { portOf, type StackState, servicesOfKind } from '../../src/stack/state.ts';
import { Author, nowSeconds } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';

/** So long after its end an event may still be served. */
const GONE_AFTER_MS = 1_000;

/** Expects that events that are deleted, vanish or expire are gone from their pages, whoever was asked before. */
export async function expectPagesToGo(state: StackState): Promise<void> {
  const balancer = servicesOfKind(state, 'haproxy')[0];
  if (balancer === undefined) throw new Error('the stack has no balancer');
  const page = ({ id }: NostrEvent, etag?: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${portOf(balancer, 'ws')}/e/${id}`, {
      headers: etag === undefined ? {} : { 'if-none-match': etag },
    });
  const clients = await Promise.all(relayAddresses(state).map((url) => new Client(url).open()));
  const [one, two = one] = clients;
  if (one === undefined || two === undefined) throw new Error('the stack has no relay');
  const [author, other] = [new Author(), new Author()];
  const expiresAt = nowSeconds() + 3;
  const deleted = author.sign({ content: 'deleted' });
  const vanished = other.sign({ content: 'vanished' });
  const expired = author.sign({ content: 'expired', tags: [['expiration', String(expiresAt)]] });
  const events = [deleted, vanished, expired];
  await one.publishAll(events);
  for (const event of events) await expectToBeThere(() => page(event), event);
  const known = await page(deleted, `"${deleted.id}"`);
  expect([known.status, known.headers.get('cache-control')]).toEqual([304, 'public, no-cache']);
  // Each relay has it in its cache.
  for (const client of clients) expect(await client.ids({ ids: [deleted.id] })).toEqual([deleted.id]);

  await two.publishAll([
    author.sign({ kind: 5, tags: [['e', deleted.id]] }),
    other.sign({ kind: 62, tags: [['relay', 'ALL_RELAYS']] }),
  ]);
  await sleep(GONE_AFTER_MS);
  await expectToBeGone(() => page(deleted));
  await expectToBeGone(() => page(vanished));
  await expectToBeGone(() => page(deleted, `"${deleted.id}"`));
  await sleep(Math.max(0, expiresAt * 1_000 + GONE_AFTER_MS - Date.now()));
  await expectToBeGone(() => page(expired));
  for (const client of clients) client.terminate();
}

/** Served, the second time by the balancer, and never to be kept without asking. */
async function expectToBeThere(ask: () => Promise<Response>, event: NostrEvent): Promise<void> {
  const answers = [];
  for (let i = 0; i < 3; i++) answers.push(await ask());
  for (const answer of answers) {
    expect(await answer.json()).toEqual(event);
    expect(answer.headers.get('cache-control')).toBe('public, no-cache');
  }
  // A second may end between two of them, but hardly between each two.
  expect(answers.map(({ headers }) => headers.get('x-cache'))).toContain('HIT');
}

async function expectToBeGone(ask: () => Promise<Response>): Promise<void> {
  const answer = await ask();
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store']);
  await answer.text();
}
