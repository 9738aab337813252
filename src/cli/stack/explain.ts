import { RelayBenchError } from '../../base/errors.ts';
import { explainStack } from '../../stack/explain/explain.ts';
import type { StackState } from '../../stack/state.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { sizeOf } from '../io.ts';
import { renderExplain } from './render-explain.ts';
import { requireStack } from './running-stack.ts';

export interface ExplainFlags {
  readonly dir?: string;
  readonly top: number;
  /** Compare the layout of the relays' tables with others. */
  readonly withoutIndexes: boolean;
  /** Whole statements and plans, every index. */
  readonly full: boolean;
  readonly json: boolean;
}

/** Copied for a comparison of layouts: enough to need indexes, few enough to be copied in seconds. */
const SAMPLE_EVENTS = 50_000;

/** `stack explain`: where the time of Postgres goes, by which plans, and which indexes are used. */
export async function runExplain(flags: ExplainFlags, host: CommandHost): Promise<void> {
  const { dir, top, withoutIndexes, full, json } = flags;
  const state = requireStack(dir, host);
  if (withoutIndexes) requireIndexes(state);
  const sampleEvents = withoutIndexes ? SAMPLE_EVENTS : null;
  const report = await explainStack(state, { top, sampleEvents });
  const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
  host.io.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : renderExplain(report, { colour, full, columns: sizeOf(host.io.stdout).columns }),
  );
}

/** @throws RelayBenchError `STACK_WITHOUT_INDEXES` */
function requireIndexes({ withoutIndexes }: StackState): void {
  if (!withoutIndexes) return;
  throw new RelayBenchError('this stack has no covering indexes: there is nothing to compare with', {
    code: 'STACK_WITHOUT_INDEXES',
    hint: 'start one without --without-indexes; `relay-bench stack explain` alone shows the plans of this one',
  });
}
