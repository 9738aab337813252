// What the well-kept packages cost where own code stands instead: nostr-tools beside src/nostr, p-limit beside a
// counter. Own code is kept for what every event passes through, and only there.
// node bench/packages.mjs [--rounds 5]

import { parseArgs } from 'node:util';
import { finalizeEvent, generateSecretKey, matchFilter, verifyEvent } from 'nostr-tools';
import pLimit from 'p-limit';
import { verifySchnorr } from 'tiny-secp256k1';
import { idForm } from '../dist/nostr/event.js';
import { FilterMatcher } from '../dist/nostr/filter.js';
import { median } from './support.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);

const key = generateSecretKey();
const events = Array.from({ length: 500 }, (_, at) => {
  const tags = [
    ['p', at.toString(16).padStart(64, '0')],
    ['t', `topic${at % 10}`],
  ];
  const { id, pubkey, created_at, kind, content, sig } = finalizeEvent(
    {
      kind: [1, 7, 0, 30_023, 20_001][at % 5],
      created_at: 1_700_000_000 + at,
      tags,
      content: 'x'.repeat(200),
    },
    key,
  );
  return { id, pubkey, created_at, kind, tags, content, sig };
});
const authors = Array.from({ length: 300 }, (_, at) => (at + 1).toString(16).padStart(64, 'a'));
const filter = { kinds: [1, 6, 7], authors: [...authors, events[0].pubkey] };
const matcher = new FilterMatcher(filter);
const hex = (text) => Buffer.from(text, 'hex');

/** [what, calls over all events in a round, by the package, by own code] */
const CASES = [
  [
    'an event against a filter of 300 authors',
    40,
    (event) => matchFilter(filter, event),
    (event) => matcher.matches(event),
  ],
  [
    'id and signature of an event',
    1,
    // A copy: nostr-tools remembers on the event that it has verified it.
    (event) => verifyEvent({ ...event }),
    (event) => idForm(event) && verifySchnorr(hex(event.id), hex(event.pubkey), hex(event.sig)),
  ],
];

let sink = 0;
function nanoseconds(times, action) {
  const start = process.hrtime.bigint();
  for (let at = 0; at < times; at++) for (const event of events) sink += action(event) ? 1 : 0;
  return Number(process.hrtime.bigint() - start) / (times * events.length);
}

const limit = pLimit(64);
async function nanosecondsOfLimit() {
  const calls = 100_000;
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: calls }, () => limit(async () => undefined)));
  return Number(process.hrtime.bigint() - start) / calls;
}

const whole = (ns) => `${Math.round(ns).toLocaleString('en')} ns`;
console.log('| what | package | own code | ratio |\n|---|---|---|---|');
for (const [what, times, byPackage, own] of CASES) {
  nanoseconds(times, byPackage);
  nanoseconds(times, own);
  const results = Array.from({ length: rounds }, () => [
    nanoseconds(times, byPackage),
    nanoseconds(times, own),
  ]);
  const [a, b] = [0, 1].map((side) => median(results.map((result) => result[side])));
  console.log(`| ${what} | ${whole(a)} | ${whole(b)} | ${(a / b).toFixed(1)} |`);
}
await nanosecondsOfLimit();
const limits = [];
for (let at = 0; at < rounds; at++) limits.push(await nanosecondsOfLimit());
console.log(`| one call through p-limit | ${whole(median(limits))} | | |`);
if (sink === 0) throw new Error('nothing was measured');
