import { createHash } from 'node:crypto';
import { type Event, verifyEvent } from 'nostr-tools/pure';
import { verifySchnorr } from 'tiny-secp256k1';
import { describe, expect, test, vi } from 'vitest';
import { EventSource } from '../../../../src/corpus/generate/event-source.ts';
import {
  DEFAULT_BASE_TIME_S,
  GENERATOR_VERSION,
  PROFILE_NAMES,
  type ProfileName,
} from '../../../../src/corpus/spec.ts';
import { checkEventShape, eventId, type NostrEvent } from '../../../../src/nostr/event.ts';
import { corpusOf, FIGURE_EVENTS as EVENTS } from '../../../support/corpus-figures.ts';

// Thousands of verifications take seconds, and several times longer on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const spec = (profile: ProfileName, events = EVENTS) => ({
  profile,
  seed: 1,
  events,
  baseTime_s: DEFAULT_BASE_TIME_S,
});

const corpora = new Map(PROFILE_NAMES.map((profile) => [profile, corpusOf(profile)]));
const corpus = (profile: ProfileName): NostrEvent[] => corpora.get(profile) ?? [];
const valuesOf = (event: NostrEvent, name: string): string[] =>
  event.tags.filter((tag) => tag[0] === name).map((tag) => tag[1] ?? '');

/** By nostr-tools, which marks the event that it is given. */
const isValid = (event: NostrEvent): boolean => verifyEvent(structuredClone(event) as Event);

/** SHA-256 of the JSON of the first events: ids and signatures. */
function digest(profile: ProfileName): string {
  const source = new EventSource(spec(profile, 1_000));
  const hash = createHash('sha256');
  for (let n = 0; n < 1_000; n++) hash.update(`${source.event(n).json}\n`);
  return hash.digest('hex');
}

describe.each(PROFILE_NAMES)('profile %s', (profile) => {
  test('has valid events: shape and id', () => {
    const wrong = corpus(profile).filter(
      (event) => checkEventShape(event).problem !== undefined || eventId(event) !== event.id,
    );
    expect(wrong).toEqual([]);
  });

  test('has valid signatures (every twentieth event)', () => {
    for (const event of corpus(profile).filter((_, n) => n % 20 === 0)) {
      const [id, key, sig] = [event.id, event.pubkey, event.sig].map((text) => Buffer.from(text, 'hex'));
      expect(verifySchnorr(id as Buffer, key as Buffer, sig as Buffer)).toBe(true);
    }
  });

  test('has events that nostr-tools takes too (a sample)', () => {
    for (let n = 0; n < EVENTS; n += 100) expect(isValid(corpus(profile)[n] as NostrEvent)).toBe(true);
  });

  test('has no event twice', () => {
    expect(new Set(corpus(profile).map(({ id }) => id)).size).toBe(EVENTS);
  });

  test('refers to earlier notes only', () => {
    const seen = new Set<string>();
    for (const event of corpus(profile)) {
      if ([1, 6, 7, 5].includes(event.kind)) {
        expect(valuesOf(event, 'e').filter((id) => !seen.has(id))).toEqual([]);
      }
      seen.add(event.id);
    }
  });

  test('is written in the order of time, except for gift wraps, within the last 30 days', () => {
    const times = corpus(profile)
      .filter(({ kind }) => kind !== 1_059)
      .map(({ created_at }) => created_at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(DEFAULT_BASE_TIME_S - 30 * 86_400);
    expect(times.at(-1)).toBeLessThanOrEqual(DEFAULT_BASE_TIME_S);
    expect(times.at(-1)).toBeGreaterThan(DEFAULT_BASE_TIME_S - 3_600);
  });

  test('reports what a manifest counts', () => {
    const source = new EventSource(spec(profile));
    for (let n = 0; n < 300; n++) {
      const made = source.event(n);
      const event = JSON.parse(made.json) as NostrEvent;
      expect(made).toMatchObject({ id: event.id, pubkey: event.pubkey, kind: event.kind });
      expect(made).toMatchObject({ createdAt_s: event.created_at, tagCount: event.tags.length });
      expect(made.contentBytes).toBe(Buffer.byteLength(event.content));
    }
  });
});

describe('an event source', () => {
  test.each([
    ['social', 'e2f48eab80d07d459f5549ce5d6e3047023186c885465b0877080d3b7660205e'],
    ['uniform', '18e88aa7c763ba94d8f9a5fe0a5b25182b22672fb4e0b79c827609fe5b5ac699'],
    ['heavy', '98e758a0d2518c4a8ea8c0d464147275745b1d92791733d4c188b1856dc1864d'],
  ] as const)(
    `of generator version ${GENERATOR_VERSION} makes the pinned ids and signatures of %s`,
    (profile, pinned) => {
      expect(digest(profile)).toBe(pinned);
    },
  );

  test.each(PROFILE_NAMES)('makes an event of %s alike whatever it made before', (profile) => {
    const inOrder = corpus(profile);
    const source = new EventSource(spec(profile));
    for (const n of [9_999, 9_998, 5_000, 0, 1, 4_999, 9_999]) {
      expect(source.event(n).id).toBe(inOrder[n]?.id);
    }
  });

  test('goes on beyond its number of events, into the future', () => {
    const source = new EventSource(spec('social', 500));
    const beyond = JSON.parse(source.event(1_999).json) as NostrEvent;
    expect(isValid(beyond)).toBe(true);
    expect(beyond.created_at).toBeGreaterThan(DEFAULT_BASE_TIME_S);
  });

  test('of a single event makes a note', () => {
    expect(corpusOf('social', 1)).toMatchObject([{ kind: 1 }]);
  });

  test('differs with the seed', () => {
    const other = new EventSource({ ...spec('social'), seed: 2 });
    expect(other.event(0).id).not.toBe(corpus('social')[0]?.id);
    expect(other.people.pubkey(0)).not.toBe(new EventSource(spec('social')).people.pubkey(0));
  });
});

describe('the social graph', () => {
  const events = corpus('social');
  const ofKind = (kind: number): NostrEvent[] => events.filter((event) => event.kind === kind);
  const byId = new Map(events.map((event) => [event.id, event]));

  test('has threads whose replies name root, parent and their authors', () => {
    const replies = ofKind(1).filter((note) => note.tags.some((tag) => tag[3] === 'root'));
    expect(replies).toHaveLength(1_356);
    const deep = replies.filter((note) => note.tags.some((tag) => tag[3] === 'reply'));
    expect(deep.length).toBeGreaterThan(200);
    for (const reply of deep) {
      const [root, parent] = valuesOf(reply, 'e').map((id) => byId.get(id));
      expect(valuesOf(parent as NostrEvent, 'e')[0]).toBe(root?.id);
      expect(valuesOf(reply, 'p')).toContain(parent?.pubkey);
      expect(valuesOf(reply, 'p')).toContain(root?.pubkey);
    }
  });

  test('deletes only what the same author wrote', () => {
    for (const deletion of ofKind(5)) {
      for (const id of valuesOf(deletion, 'e')) expect(byId.get(id)?.pubkey).toBe(deletion.pubkey);
      for (const address of valuesOf(deletion, 'a')) expect(address.split(':')[1]).toBe(deletion.pubkey);
    }
  });

  test('wraps gifts with a key each, dated back by at most two days', () => {
    const wraps = ofKind(1_059);
    expect(new Set(wraps.map(({ pubkey }) => pubkey)).size).toBe(wraps.length);
    const others = new Set(events.filter(({ kind }) => kind !== 1_059).map(({ pubkey }) => pubkey));
    expect(wraps.filter(({ pubkey }) => others.has(pubkey))).toEqual([]);
    const delays = wraps.map((wrap) => {
      const at = events.indexOf(wrap);
      return (events[at - 1] ?? wrap).created_at - wrap.created_at;
    });
    expect(Math.max(...delays)).toBeLessThanOrEqual(2 * 86_400);
    expect(Math.max(...delays)).toBeGreaterThan(86_400);
  });

  test('embeds valid events in reposts and zap receipts', () => {
    const reposted = ofKind(6).filter(({ content }) => content !== '');
    expect(reposted.length).toBeGreaterThan(150);
    for (const { content, tags } of reposted) {
      const inner = JSON.parse(content) as NostrEvent;
      expect(inner).toEqual(byId.get(tags[0]?.[1] ?? ''));
    }
    for (const receipt of ofKind(9_735)) {
      const request = JSON.parse(valuesOf(receipt, 'description')[0] ?? '') as NostrEvent;
      expect(request.kind).toBe(9_734);
      expect(eventId(request)).toBe(request.id);
      expect(request.pubkey).toBe(valuesOf(receipt, 'P')[0]);
    }
    const first = JSON.parse(valuesOf(ofKind(9_735)[0] as NostrEvent, 'description')[0] ?? '') as NostrEvent;
    expect(isValid(first)).toBe(true);
  });

  test('gives nearly every author a profile and some a newer one', () => {
    const owners = ofKind(0).map(({ pubkey }) => pubkey);
    expect(new Set(owners).size).toBe(378);
    expect(owners.length).toBe(473);
  });

  test('has profiles that are JSON', () => {
    for (const { content } of ofKind(0)) expect(JSON.parse(content)).toHaveProperty('about');
  });

  test('follows nobody twice in one list', () => {
    for (const list of ofKind(3)) expect(new Set(valuesOf(list, 'p')).size).toBe(list.tags.length);
  });

  test('has authors of whom a few write most', () => {
    const counts = new Map<string, number>();
    for (const { pubkey, kind } of events) {
      if (kind === 1) counts.set(pubkey, (counts.get(pubkey) ?? 0) + 1);
    }
    const sorted = [...counts.values()].sort((a, b) => b - a);
    const top = sorted.slice(0, 38).reduce((sum, one) => sum + one, 0);
    expect(top / ofKind(1).length).toBeGreaterThan(0.4);
  });

  test('has expirations that lie years ahead', () => {
    const expiring = events.filter((event) => valuesOf(event, 'expiration').length > 0);
    expect(expiring.length).toBeGreaterThan(5);
    for (const event of expiring) {
      expect(Number(valuesOf(event, 'expiration')[0]) - event.created_at).toBe(10 * 365 * 86_400);
    }
  });
});
