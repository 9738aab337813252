import type { RunOptions } from '../../engine/run-plan.ts';
import { gatesSoFar } from '../../gate/broken.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { RunResult } from '../../result/run-result.ts';

/** Makes the record of the run so far, whenever it is asked. */
export type RecordSoFar = () => RunRecord;

export interface SoFar {
  /** The gates of the plan. */
  readonly gates: readonly string[];
  readonly recordOf: (result: RunResult) => RunRecord;
  /** Told once, when the load starts; left out, nobody is. */
  readonly tell: ((recordSoFar: RecordSoFar) => void) | undefined;
}

/** The options of a run of which somebody besides follows what it has measured so far, with gates as they stand. */
export function followed<Options extends Pick<RunOptions, 'onSnapshot'>>(
  options: Options,
  { gates, recordOf, tell }: SoFar,
): Options {
  if (tell === undefined) return options;
  return {
    ...options,
    onSnapshot: (snapshot) => {
      options.onSnapshot?.(snapshot);
      tell(() => {
        const record = recordOf(snapshot());
        return { ...record, gates: gatesSoFar(record, gates) };
      });
    },
  };
}
