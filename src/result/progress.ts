import type { IntervalRow } from './schema.ts';

/** What a run tells while it goes on; consumed by progress displays. */
export type ProgressEvent =
  | { readonly type: 'connecting'; readonly opened: number; readonly failed: number; readonly total: number }
  /** Subscriptions and corpus are being prepared. */
  | { readonly type: 'preparing'; readonly done: number; readonly total: number; readonly what: string }
  | {
      readonly type: 'started';
      readonly phases: readonly {
        name: string;
        kind: 'warm-up' | 'measured';
        start_s: number;
        end_s: number;
      }[];
    }
  | {
      readonly type: 'interval';
      readonly row: IntervalRow;
      readonly rejected: number;
      readonly sendLagP99_us: number | null;
    }
  | { readonly type: 'draining'; readonly pending: number }
  | { readonly type: 'finished' };

export type OnProgress = (event: ProgressEvent) => void;
