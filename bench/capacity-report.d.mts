/** What one search has found. */
export interface FoundLimit {
  /** The limit; null where nothing held. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly atLeast: boolean;
  readonly confirmed: boolean;
  readonly steps: number;
  readonly duration_s: number;
  readonly ended: string;
}

export interface Target {
  readonly text: string;
  readonly isMet: boolean;
}

/** What is known of a relay beforehand. */
export interface KnownLimit {
  readonly unit: string;
  readonly truth: number | null;
}

export function searchOf(document: {
  readonly of: 'rate' | 'connections';
  readonly limit: Omit<FoundLimit, 'value' | 'steps' | 'duration_s' | 'ended'> & {
    readonly rate_per_s: number | null;
    readonly connections: number | null;
  };
  readonly steps: readonly unknown[];
  readonly duration_s: number;
  readonly ended: string;
}): FoundLimit;
export function errorOf(search: Pick<FoundLimit, 'value' | 'atLeast'>, truth: number): number | null;
export function spreadOf(searches: readonly Pick<FoundLimit, 'value'>[]): number | null;
export function targetsOf(searches: readonly FoundLimit[], known: KnownLimit): readonly Target[];
export function resultOf(
  one: KnownLimit & {
    readonly name: string;
    readonly title: string;
    readonly how: string;
    readonly start: { readonly busy_cores: number };
  },
  searches: readonly FoundLimit[],
): {
  readonly name: string;
  readonly how: string;
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number)[])[];
    readonly targets: readonly Target[];
  }[];
};
