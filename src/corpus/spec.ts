/** Profiles of generated corpora. */
export const PROFILE_NAMES = ['social', 'uniform', 'heavy'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/**
 * Part of what a corpus is: a change of the generator that changes an event raises it. A test pins the
 * fingerprint that belongs to it.
 */
export const GENERATOR_VERSION = 1;

/** 2026-06-01T00:00:00Z: the time of the newest event unless another is asked for. */
export const DEFAULT_BASE_TIME_S = 1_780_272_000;

/** Everything that a generated corpus depends on, besides the version of the generator. */
export interface CorpusSpec {
  readonly profile: ProfileName;
  /** Any safe integer of at least 0. */
  readonly seed: number;
  /** 1 … 100,000,000. */
  readonly events: number;
  /** Unix time of the end of the 30 days that the events are spread over. */
  readonly baseTime_s: number;
}
