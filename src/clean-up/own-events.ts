import { EventSource } from '../corpus/generate/event-source.ts';
import { ThrowawayKeys } from '../corpus/keys.ts';
import { corpusRunTag, probeRunTag, runTagOf, sessionRunTag, topicTag } from '../corpus/marker.ts';
import { corpusLines } from '../corpus/replay/corpus-lines.ts';
import { ID_AT, kindOf } from '../corpus/replay/event-line.ts';
import { kindClass } from '../nostr/kinds.ts';
import type { FittedCorpus, NamedCorpus } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import { OwnKeys } from './own-keys.ts';

/** What a run may have left at its relays, and by which keys. */
export interface OwnEvents {
  readonly keys: OwnKeys;
  /** Values of the `t` tags of what was signed for the run. */
  readonly topics: readonly string[];
  /** Ids of the events of a generated corpus, in batches; those that were there before the run are left out. */
  readonly ids: () => AsyncIterable<readonly string[]>;
}

/** The events of a run whose plan was fitted to its relay. */
export function ownEventsOf(plan: Plan, fitted: FittedCorpus): OwnEvents {
  const { named } = plan.corpus;
  return { keys: keysOf(plan), topics: topicsOf(plan, fitted), ids: () => idsOf(named, fitted.present) };
}

/** Why some events can't be deleted whatever is tried; null where all can. */
export function undeletable({ corpus: { named }, workloads: { publish, recorded } }: Plan): string | null {
  if (recorded !== undefined)
    return 'events of a trace that was offered again stay: nothing tells them from others';
  if (named !== null && named.generated === null)
    return 'events of an imported corpus stay: only their authors can ask for their deletion (NIP-09)';
  return named === null && publish?.sorts.some(({ authors }) => authors === 'fresh') === true
    ? 'events that were signed by a fresh key each stay: nobody keeps their keys'
    : null;
}

function keysOf({ seed, corpus, workloads: { publish, sessions } }: Plan): OwnKeys {
  const drawn = publish?.sorts.map(({ authors }) => (authors === 'fresh' ? 0 : authors)) ?? [];
  const authors = Math.max(1, corpus.authors, sessions?.authors ?? 0, ...drawn);
  const notes = new ThrowawayKeys({ seed, label: 'publish', count: authors });
  const generated = corpus.named?.generated ?? null;
  // A corpus has a seed of its own, but the keys decide who signs: a nonce table may come from any.
  const people = generated === null ? [] : [new EventSource(generated).people.keys];
  return new OwnKeys(seed, [notes, ...people]);
}

function topicsOf(
  { corpus, workloads: { publish, sessions } }: Plan,
  { salt }: FittedCorpus,
): readonly string[] {
  const runTag = runTagOf(salt);
  return [
    ...numbered(runTag, publish?.topics ?? 0),
    ...numbered(corpusRunTag(runTag), corpus.topics),
    ...numbered(sessionRunTag(runTag), sessions === undefined ? 0 : 1),
    topicTag(probeRunTag(runTag), 0),
  ];
}

function numbered(runTag: string, topics: number): readonly string[] {
  return Array.from({ length: topics }, (_, topic) => topicTag(runTag, topic));
}

async function* idsOf(
  named: NamedCorpus | null,
  present: ReadonlySet<number>,
): AsyncGenerator<readonly string[]> {
  if (named === null || named.file === null || named.generated === null) return;
  for await (const { first, lines } of corpusLines(named.file)) {
    const left = lines.filter(
      (line, at) => !present.has(first + at) && kindClass(kindOf(line)) !== 'ephemeral',
    );
    yield left.map((line) => line.toString('latin1', ID_AT, ID_AT + 64));
  }
}
