import { formatDurationMs } from '../../base/duration.ts';
import { type Check, type Inconsistency, problem } from '../../scenario/inconsistency.ts';
import { type ActionName, actionForm, LINKS_OF, OPTION_NAMES } from './actions.ts';
import type { FaultForm, FaultOrder } from './form.ts';
import { parsePart } from './part.ts';

/** What is wrong with an order, by the key that it is about; empty where nothing is. */
export interface OrderProblem {
  readonly key: keyof FaultOrder;
  readonly message: string;
}

/** What action, part and settings of one fault demand of each other. */
export function orderProblems(order: FaultOrder): readonly OrderProblem[] {
  const { action } = order;
  const form = actionForm(action);
  const timed: OrderProblem[] =
    order.for === undefined || form.lasts
      ? []
      : [{ key: 'for', message: `has no meaning for ${action}, which is over at once` }];
  const given = OPTION_NAMES.filter((name) => order[name] !== undefined);
  const idle = given
    .filter((name) => !form.options.includes(name))
    .map((name): OrderProblem => ({ key: name, message: `has no meaning for ${action}` }));
  const missing = (form.needs ?? [])
    .filter((name) => order[name] === undefined)
    .map((name): OrderProblem => ({ key: 'action', message: `is ${action}, which needs \`${name}\`` }));
  return [...partProblems(order), ...timed, ...idle, ...missing];
}

function partProblems({ action, on, link }: FaultOrder): OrderProblem[] {
  const part = parsePart(on);
  if (part === null) return [];
  const { on: fitting } = actionForm(action);
  if (!fitting.includes(part.kind))
    return [{ key: 'on', message: `is ${on}, but ${action} fits only ${fitting.join(', ')}` }];
  const links = LINKS_OF[part.kind];
  if (link === undefined || links.includes(link)) return [];
  return [{ key: 'link', message: `is ${link}, but ${part.kind} has only ${links.join(', ')}` }];
}

/** Actions after which nothing is left to be undone. */
function endMs({ at, for: forMs = 0 }: FaultForm): number {
  return at + forMs;
}

/** Every fault of a scenario is possible, and happens within the measured phases. */
export const faultsFit: Check = ({ faults = [], phases }) => {
  const measuredMs = phases.reduce((sum, { duration }) => sum + duration, 0);
  return faults.flatMap((fault, index): Inconsistency[] => [
    ...orderProblems(fault).map(({ key, message }) => problem(['faults', index, key], message)),
    ...timeProblems(fault, index, measuredMs),
    ...thawProblems(faults, index),
  ]);
};

function timeProblems(fault: FaultForm, index: number, measuredMs: number): Inconsistency[] {
  const length = formatDurationMs(measuredMs);
  if (fault.at >= measuredMs)
    return [problem(['faults', index, 'at'], `is after the measured phases, which last ${length}`)];
  return endMs(fault) <= measuredMs
    ? []
    : [problem(['faults', index, 'for'], `ends after the measured phases, which last ${length}`)];
}

const THAW: ActionName = 'thaw';

/** A thaw without a freeze before it does nothing, and whoever wrote it meant something else. */
function thawProblems(faults: readonly FaultForm[], index: number): Inconsistency[] {
  const thaw = faults[index];
  if (thaw?.action !== THAW) return [];
  const isFrozen = faults.some(
    ({ action, on, at }) => action === 'freeze' && on === thaw.on && at <= thaw.at,
  );
  return isFrozen
    ? []
    : [problem(['faults', index, 'on'], `is ${thaw.on}, which no fault before it has frozen`)];
}
