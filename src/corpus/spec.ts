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

/** The time that the events of a corpus are spread over unless less is asked for, seconds. */
export const CORPUS_SPAN_S = 30 * 86_400;

/** Gift wraps are dated back by up to two days (NIP-59) where the events are spread over 30. */
export const BACKDATED_S = 2 * 86_400;

/** Everything that a generated corpus depends on, besides the version of the generator. */
export interface CorpusSpec {
  readonly profile: ProfileName;
  /** Any safe integer of at least 0. */
  readonly seed: number;
  /** 1 … 100,000,000. */
  readonly events: number;
  /** Unix time of the end of the days that the events are spread over. */
  readonly baseTime_s: number;
  /** How long they are spread over, seconds; 30 days where left out. */
  readonly span_s?: number;
  /** Makes the later events new; none where left out. */
  readonly salt?: CorpusSalt;
}

/** Events from number `from` on carry the tag `["rb", text]`: another text makes other events of the same content. */
export interface CorpusSalt {
  /** Letters, digits and dashes. */
  readonly text: string;
  readonly from: number;
}
