// Twelve shapes of filters as clients ask them, with values that occur in a sample of the stored events.

const DAY_S = 86_400;
const PAGE = 500;

/** A generator of numbers in [0, 1) that is the same every time (mulberry32). */
export function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `sample`: events in any order; they decide which authors, notes and topics are asked for, and how often. */
export function queryShapes(sample, random) {
  const newest = sample.reduce((most, { created_at }) => Math.max(most, created_at), 0);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const distinct = (count, next) => {
    const values = new Set();
    for (let tries = 0; values.size < count && tries < 20 * count; tries++) values.add(next());
    return [...values];
  };
  const counts = new Map();
  for (const { pubkey } of sample) counts.set(pubkey, (counts.get(pubkey) ?? 0) + 1);
  const quiet = [...counts].filter(([, count]) => count === 1).map(([pubkey]) => pubkey);
  const notes = sample.filter(({ kind }) => kind === 1);
  const tagged = (name, events = sample) =>
    events.flatMap((event) =>
      event.tags.filter((tag) => tag[0] === name).map(([, value]) => ({ event, value })),
    );
  const replies = tagged('e');
  const mentions = tagged(
    'p',
    sample.filter(({ kind }) => kind !== 3),
  );
  const conversations = tagged('p', notes);
  const topics = tagged('t', notes);
  return {
    firehose: () => ({ limit: PAGE }),
    'global feed': () => ({ kinds: [1], limit: PAGE }),
    profiles: () => ({ kinds: [0], authors: distinct(50, () => pick(sample).pubkey), limit: PAGE }),
    'author archive': () => ({ authors: distinct(3, () => pick(quiet)), limit: PAGE }),
    'follow feed': () => ({ kinds: [1, 6], authors: distinct(150, () => pick(sample).pubkey), limit: PAGE }),
    thread: () => ({ kinds: [1, 6, 7, 9735], '#e': [pick(replies).value], limit: PAGE }),
    notifications: () => ({ kinds: [1, 6, 7, 9735], '#p': [pick(mentions).value], limit: PAGE }),
    conversation: () => {
      const { event, value } = pick(conversations);
      return { kinds: [1], authors: [event.pubkey], '#p': [value], limit: PAGE };
    },
    'reactions watch': () => ({ kinds: [7], '#e': distinct(150, () => pick(notes).id), limit: PAGE }),
    hashtag: () => ({ kinds: [1], '#t': [pick(topics).value], limit: PAGE }),
    'by ids': () => ({ ids: distinct(100, () => pick(sample).id), limit: PAGE }),
    'recent window': () => ({ kinds: [1], since: newest - DAY_S, limit: PAGE }),
  };
}
