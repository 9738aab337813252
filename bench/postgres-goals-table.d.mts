/** What of a result of `postgres-ingest` is needed. */
export interface IngestResult {
  readonly figures: {
    readonly social: {
      readonly events_per_s: number;
      readonly relay_us: number;
      readonly primary_us: number;
      readonly replicas_us: number;
    };
  };
}

/** What of a result of `postgres-queries` is needed. */
export interface QueriesResult {
  readonly figures: { readonly times: readonly { readonly name: string; readonly p95_ms: number }[] };
}

/** One table of both results: what was wanted, what was measured, whether that is met. */
export function goalsOf(
  ingest: IngestResult,
  queries: QueriesResult,
): {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly never[];
};
