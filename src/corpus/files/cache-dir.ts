import { isAbsolute, join } from 'node:path';
import { type CorpusSpec, DEFAULT_BASE_TIME_S, GENERATOR_VERSION } from '../spec.ts';

/**
 * Where generated corpora are kept, by the XDG Base Directory Specification: `$XDG_CACHE_HOME/relay-bench/corpora`,
 * by default `~/.cache/relay-bench/corpora`. A relative path in the variable is invalid there and ignored.
 * @param home of the user
 */
export function corpusCacheDir(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const base = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(home, '.cache'), 'relay-bench', 'corpora');
}

/** The directory of a corpus in a cache: named by everything that it depends on. */
export function cachedCorpusDir(cache: string, spec: CorpusSpec, gzip: boolean): string {
  const { profile, events, seed, baseTime_s } = spec;
  const base = baseTime_s === DEFAULT_BASE_TIME_S ? '' : `-base${baseTime_s}`;
  return join(cache, `${profile}-${events}-seed${seed}${base}-v${GENERATOR_VERSION}${gzip ? '-gz' : ''}`);
}
