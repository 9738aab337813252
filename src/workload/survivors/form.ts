import * as z from 'zod';
import { timeout } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { workloadForm } from '../../scenario/workload-form.ts';
import { kindsOf, type PublishForm } from '../publish/form.ts';

const survivors = z.strictObject({
  timeout: timeout('an answer to the REQ that reads the survivors back'),
});

export type SurvivorsForm = z.output<typeof survivors>;

type Surviving = Check<{
  readonly publish?: PublishForm | undefined;
  readonly survivors?: SurvivorsForm | undefined;
}>;

/** Replaceable or addressable by NIP-01. */
function isReplaced(kind: number): boolean {
  const group = Math.floor(kind / 10_000);
  return kind === 0 || kind === 3 || group === 1 || group === 3;
}

const somethingIsReplaced: Surviving = ({ corpus, workloads: { publish, survivors } }) => {
  if (survivors === undefined) return [];
  const at = ['workloads', 'survivors'];
  if (publish === undefined) return [problem(at, 'needs a publish workload whose events replace each other')];
  if (isNamed(corpus)) return [problem(at, 'needs events that are signed for the run, no named corpus')];
  return kindsOf(publish).some(isReplaced)
    ? []
    : [
        problem(
          ['workloads', 'publish', 'kind'],
          'must be replaceable or addressable, such as 10002: its survivors are read back',
        ),
      ];
};

/** Reading back what survives of events that replace each other, as a scenario asks for it. */
export const survivorsForm = workloadForm({
  form: survivors,
  checks: [somethingIsReplaced],
  pace: null,
  closed: 'follows',
});
