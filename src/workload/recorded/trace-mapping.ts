import { createHash } from 'node:crypto';
import { ClientKeys } from '../../corpus/client-signer.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { TracedFilter } from '../../trace/format.ts';
import type { DrawPools } from '../draw-filter.ts';

/** Numbers of those who publish, by what the trace calls them. */
export type Publishers = ReadonlyMap<string, number>;

export interface TraceMappingOptions {
  readonly seed: number;
  readonly publishers: Publishers;
  /** What the relay has before the load. */
  readonly pools: Pick<DrawPools, 'authors' | 'ids' | 'threads' | 'topics' | 'words'>;
}

/** FNV-1a: the same value of a trace is the same value of the corpus in every worker. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * Puts throwaway keys in the place of those of a trace, and values of the corpus in the place of its ids and tags. Whoever
 * publishes in the trace has a key of its own; who only is asked for is one of the authors of the corpus.
 */
export class TraceMapping {
  readonly #options: TraceMappingOptions;
  readonly #keys: ClientKeys;

  constructor(options: TraceMappingOptions) {
    this.#options = options;
    this.#keys = new ClientKeys(options.seed);
  }

  /** The public key of one who publishes, or of an author of the corpus. */
  keyOf(person: string): string {
    return this.#people([person])[0] as string;
  }

  /** The tags of an event. */
  tags(tags: readonly (readonly string[])[]): readonly (readonly string[])[] {
    const { ids } = this.#options.pools;
    return tags.map(([name = '', value, ...rest]) => {
      if (value === undefined) return [name];
      if (name === 'p') return [name, this.keyOf(value), ...rest];
      if (name === 'e' || name === 'q') return [name, ...fromPool([value], ids, idInstead), ...rest];
      if (name === 'a') return [name, this.#address(value), ...rest];
      return [name, value, ...rest];
    });
  }

  /** @param now_s Unix seconds of the moment of the request */
  filter(traced: TracedFilter, now_s: number): Filter {
    const { ids, authors, kinds, since, until, limit, search, tags = {} } = traced;
    const { pools } = this.#options;
    const asked = Object.entries(tags).map(([name, values]) => [`#${name}`, this.#values(name, values)]);
    return {
      ...(ids === undefined ? {} : { ids: fromPool(ids, pools.ids, idInstead) }),
      ...(authors === undefined ? {} : { authors: this.#people(authors) }),
      ...(kinds === undefined ? {} : { kinds }),
      ...(since === undefined ? {} : { since: Math.max(0, now_s + since) }),
      ...(until === undefined ? {} : { until: Math.max(0, now_s + until) }),
      ...(limit === undefined ? {} : { limit }),
      ...(search === undefined ? {} : { search: this.#words(search) }),
      ...(Object.fromEntries(asked) as Filter),
    };
  }

  #values(name: string, values: readonly string[]): readonly string[] {
    const { threads, ids, topics } = this.#options.pools;
    if (name === 'p' || name === 'P') return this.#people(values);
    if (name === 'e' || name === 'q') return fromPool(values, threads.length > 0 ? threads : ids, idInstead);
    if (name === 't') return fromPool(values, topics, (text) => text);
    return name === 'a' ? values.map((value) => this.#address(value)) : values;
  }

  #people(people: readonly string[]): readonly string[] {
    const { publishers, pools } = this.#options;
    const strangers = people.filter((person) => !publishers.has(person));
    const found = fromPool(strangers, pools.authors, (person) => this.#stranger(person));
    const own = people.flatMap((person) => publishers.get(person) ?? []);
    return [...new Set([...own.map((author) => this.#keys.publicKeyOf(author)), ...found])];
  }

  /** Where the corpus has no authors: somebody who has never written anything. */
  #stranger(person: string): string {
    return idInstead(`stranger ${person}`);
  }

  #address(value: string): string {
    const [kind = '', author = '', ...identifier] = value.split(':');
    return identifier.length === 0 ? value : `${kind}:${this.keyOf(author)}:${identifier.join(':')}`;
  }

  #words(search: number | string): string {
    const { words } = this.#options.pools;
    if (typeof search === 'string') return search;
    const wanted = Array.from({ length: Math.max(1, search) }, (_, at) => `word ${at}`);
    return fromPool(wanted, words, (_, at) => `word${at}`).join(' ');
  }
}

/** As many different values of a pool, as far as it has them; `instead` where it is empty. */
function fromPool(
  values: readonly string[],
  pool: readonly string[],
  instead: (value: string, at: number) => string,
): readonly string[] {
  if (pool.length === 0) return values.map(instead);
  const taken = new Set<number>();
  for (const value of values.slice(0, pool.length)) {
    let at = numberOf(value) % pool.length;
    while (taken.has(at)) at = (at + 1) % pool.length;
    taken.add(at);
  }
  return [...taken].map((at) => pool[at] as string);
}

/** 64 hex digits that no event and nobody has. */
function idInstead(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
