import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { median } from '../../base/median.ts';
import type { Ask } from '../postgres/client.ts';
import { fillScratch, type Layout } from './scratch.ts';
import { SHAPES, type Shape } from './shapes.ts';

/** How long a shape takes, and how many pages it looks at, as the median of its questions. */
export interface Cost {
  readonly p50_ms: number;
  readonly pages: number;
}

/** What the relays' layout does for one shape of query. */
export interface ShapeEffect {
  readonly shape: string;
  readonly asStored: Cost;
  readonly withoutIndexes: Cost;
  readonly withoutPartitions: Cost;
}

export interface EffectsReport {
  /** Events that were copied. */
  readonly events: number;
  /** Questions of each shape; each was asked twice, and the second time counts: what it needs is in memory. */
  readonly questions: number;
  readonly shapes: readonly ShapeEffect[];
}

const QUESTIONS = 15;
/** With fewer events everything is on one page, and no layout differs from another. */
const FEWEST_EVENTS = 1_000;

/**
 * Measures what the indexes and the partitions of the relays are worth: a sample of the stored events is copied into
 * temporary tables with and without them, and the same questions are asked of each.
 * @param ask of one connection to the primary, as its superuser
 * @param most events of the sample
 * @throws RelayBenchError `STACK_TOO_FEW_EVENTS` (exit 3)
 */
export async function measureEffects(ask: Ask, most: number): Promise<EffectsReport> {
  const stored = await ask('SELECT 1 FROM public.event LIMIT $1', [FEWEST_EVENTS]);
  if (stored.length < FEWEST_EVENTS) throw tooFew(stored.length);
  const { layouts, events } = await fillScratch(ask, most);
  await ask('SET plan_cache_mode = force_generic_plan');
  const shapes: ShapeEffect[] = [];
  for (const shape of SHAPES) shapes.push(...(await effectOf(ask, shape, layouts)));
  return { events, questions: QUESTIONS, shapes };
}

/** None where nothing is stored that could be asked for, such as events with tags. */
async function effectOf(ask: Ask, shape: Shape, layouts: readonly Layout[]): Promise<ShapeEffect[]> {
  const questions = await ask<{ values: string }>(shape.questions, [QUESTIONS]);
  if (questions.length === 0) return [];
  const costs: Partial<Record<Layout['name'], Cost>> = {};
  for (const layout of layouts) {
    const name = `${layout.event}_${shape.id}`;
    await ask(`PREPARE ${name} (${shape.types}) AS ${shape.statement(layout)}`);
    const runs: Execution[] = [];
    for (const { values } of questions) {
      await executed(ask, `${name}(${values})`);
      runs.push(await executed(ask, `${name}(${values})`));
    }
    costs[layout.name] = {
      p50_ms: median(runs.map(({ ms }) => ms)),
      pages: median(runs.map(({ pages }) => pages)),
    };
  }
  return [{ shape: shape.name, ...(costs as Record<Layout['name'], Cost>) }];
}

interface Explained {
  readonly 'QUERY PLAN': readonly {
    readonly Plan: { readonly 'Local Hit Blocks': number; readonly 'Local Read Blocks': number };
    readonly 'Execution Time': number;
  }[];
}

interface Execution {
  readonly ms: number;
  readonly pages: number;
}

/** What one execution costs the server; rows are made but not sent. */
async function executed(ask: Ask, call: string): Promise<Execution> {
  const [row] = await ask<Explained>(`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE ${call}`);
  const explained = row?.['QUERY PLAN'][0];
  if (explained === undefined) throw new Error('EXPLAIN returned nothing');
  const { Plan: plan, 'Execution Time': ms } = explained;
  return { ms, pages: plan['Local Hit Blocks'] + plan['Local Read Blocks'] };
}

function tooFew(stored: number): RelayBenchError {
  return new RelayBenchError(`${stored} events are stored, too few to compare layouts`, {
    code: 'STACK_TOO_FEW_EVENTS',
    hint: `store at least ${FEWEST_EVENTS}, for example with \`relay-bench run standard --stack scaled --stack-keep\``,
    exitCode: EXIT.unreachable,
  });
}
