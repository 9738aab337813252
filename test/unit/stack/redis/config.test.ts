import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { cacheConfig, hashedPasswords, pubsubConfig, userLines } from '../../../../src/stack/redis/config.ts';
import { servicesOfKind } from '../../../../src/stack/state.ts';
import { sampleStack } from '../../../support/sample-stack.ts';

const PASSWORDS = { admin: 'a'.repeat(64), supervisor: 'b'.repeat(64), relay: 'c'.repeat(64) };
const LINES = userLines(hashedPasswords(PASSWORDS));
const lineOf = (user: string): string => LINES.find((line) => line.startsWith(`user ${user} `)) ?? '';

test('nobody is let in without being named', () => {
  expect(lineOf('default')).toBe('user default off resetpass');
});

test('the configuration of every Redis holds hashes of passwords and no password', async () => {
  const state = await sampleStack('scaled');
  for (const service of servicesOfKind(state, 'redis-pubsub', 'redis-cache')) {
    const text = service.kind === 'redis-cache' ? cacheConfig(service, LINES) : pubsubConfig(service, LINES);
    for (const password of Object.values(PASSWORDS)) {
      expect(text).toContain(`#${createHash('sha256').update(password).digest('hex')}`);
      expect(text).not.toContain(password);
    }
  }
});

test('a relay may use one channel and its own keys, and change nothing of the server', () => {
  expect(lineOf('relay')).toContain('resetchannels &nostr:events ~nostr:* -@all');
  expect(lineOf('relay')).not.toMatch(/\+@(?:all|admin|dangerous)|allkeys|allchannels|\+config|\+flushall/);
});

test('who watches may ask how it is, and neither read nor say anything', () => {
  expect(lineOf('supervisor')).toMatch(
    /resetchannels resetkeys -@all \+@connection -@dangerous \+ping \+info$/,
  );
});
