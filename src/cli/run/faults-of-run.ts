import { RelayBenchError } from '../../base/errors.ts';
import { missingPart } from '../../fault/form/part.ts';
import { NOBODY_NOTICES, watchNotices } from '../../fault/notices.ts';
import { partsOfRelays } from '../../fault/relay-target.ts';
import { partsOfShape } from '../../fault/stack-target.ts';
import { type FaultTimeline, faultTimeline, NO_FAULTS } from '../../fault/timeline.ts';
import type { Plan } from '../../plan/plan.ts';
import type { OnProgress } from '../../result/progress.ts';
import type { CheckFault } from '../../scenario/parse.ts';
import { shapeOf } from '../stack/running-stack.ts';
import type { LoadFlags } from './flags.ts';
import type { OpenTarget } from './open-target.ts';
import { relaysText, startedNames, type TargetFlags } from './relay-flag.ts';

/**
 * The faults of a run, ready to happen.
 * @throws RelayBenchError `FAULT_NO_TARGET` where the run has started nothing that they could happen to
 */
export function timelineOf({ faults }: Pick<Plan, 'faults'>, { faultTarget }: OpenTarget): FaultTimeline {
  if (faults.length === 0) return NO_FAULTS;
  if (faultTarget === undefined) throw noTarget();
  const { state } = faultTarget;
  return faultTimeline(faults, faultTarget, state === null ? NOBODY_NOTICES : watchNotices(state));
}

/** Actions on a relay that stands alone. */
const ON_LONE_RELAY: readonly string[] = ['kill', 'freeze', 'thaw', 'restart'];

/**
 * Looks at faults as the target of a run has them, before anything is started.
 * @param env where the default directory of a stack comes from
 * @throws RelayBenchError `STACK_PROFILE_UNKNOWN`
 */
export function checkFaultsFor(
  { stack, stackDir, relay }: Pick<LoadFlags, 'stack' | 'stackDir'> & TargetFlags,
  env: Readonly<Record<string, string | undefined>>,
): CheckFault {
  if (stack !== undefined) {
    const counts = partsOfShape(shapeOf(stack, stackDir, env));
    return ({ on }) => asProblem('on', missingPart(on, counts, `the stack ${stack}`));
  }
  if (relay === undefined) return onLoneRelays('the embedded relay', 1, 'add --stack scaled');
  const names = startedNames(relay);
  if (names.length < relay.length) return () => SOMEBODY_ELSES;
  const what = names.length === 1 ? relaysText(names) : 'the target';
  return onLoneRelays(what, names.length, 'take --stack scaled in place of --relay');
}

/** What a scenario may break of relays that stand alone. @param what as messages call them */
function onLoneRelays(what: string, count: number, advice: string): CheckFault {
  const missing = (on: string): string | null => {
    const problem = missingPart(on, partsOfRelays(count), what);
    return problem === null ? null : `${problem}: ${advice}`;
  };
  return ({ on, action }) =>
    asProblem('on', missing(on)) ??
    asProblem('action', ON_LONE_RELAY.includes(action) ? null : `is ${action}, which needs --stack scaled`);
}

const SOMEBODY_ELSES = asProblem(
  'on',
  'can be hit only where relay-bench starts the target: leave out --relay, or write --relay NAME=COMMAND with {port}',
);

function asProblem(key: 'on' | 'action', message: string | null): ReturnType<CheckFault> {
  return message === null ? null : { key, message };
}

/** What lasts is undone when offering has ended: what is under way then drains into a whole target. */
export function healWhenDraining(timeline: FaultTimeline, next: OnProgress): OnProgress {
  return (event) => {
    if (event.type === 'draining' || event.type === 'finished') void timeline.end();
    next(event);
  };
}

/** A relay of somebody else is never broken. */
function noTarget(): RelayBenchError {
  return new RelayBenchError(
    'the scenario breaks parts of its target, which is not one that relay-bench starts',
    {
      code: 'FAULT_NO_TARGET',
      hint: 'add --stack scaled in the place of --relay, or start the relay by a command with {port}',
    },
  );
}
