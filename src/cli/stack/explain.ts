import { explainStack } from '../../stack/explain/explain.ts';
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
  const sampleEvents = withoutIndexes ? SAMPLE_EVENTS : null;
  const report = await explainStack(requireStack(dir, host), { top, sampleEvents });
  const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
  host.io.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : renderExplain(report, { colour, full, columns: sizeOf(host.io.stdout).columns }),
  );
}
