import { type Doubt, type Invalidity, type Openness, REASONS, type ReasonKind } from '../judge/blame.ts';
import type { RunRecord } from './schema.ts';

type Validity = RunRecord['validity'];

/** The validity of a run by the reasons against it; valid where there is none. */
export function validityOf(reasons: readonly (Invalidity | Openness | Doubt)[]): Validity {
  return {
    verdict: reasons.length === 0 ? 'valid' : 'invalid',
    reasons: reasons.map(({ text }) => text),
    owners: reasons.map(({ kind }) => REASONS[kind].owner),
    kinds: reasons.map(({ kind }) => kind),
  };
}

/** The validity of an invalid run with more reasons. */
export function withReasons(validity: Validity, more: readonly Doubt[]): Validity {
  const { reasons, owners, kinds } = validityOf(more);
  return {
    verdict: 'invalid',
    reasons: [...validity.reasons, ...reasons],
    owners: [...validity.owners, ...owners],
    kinds: [...validity.kinds, ...kinds],
  };
}

/** Why the run is invalid whatever its gates say, as a validity; records before 1.1.0 know no other reason. */
export function withoutOpenness(validity: Validity): Validity {
  const kept = validity.reasons.flatMap((text, at) => {
    const kind = validity.kinds[at];
    return kind === undefined || invalidates(kind) ? [{ text, kind, owner: validity.owners[at] }] : [];
  });
  return {
    verdict: kept.length === 0 ? 'valid' : 'invalid',
    reasons: kept.map(({ text }) => text),
    owners: kept.flatMap(({ owner }) => owner ?? []),
    kinds: kept.flatMap(({ kind }) => kind ?? []),
  };
}

/** Whether the gates of an invalid run prove nothing: not so where its lateness only leaves some of them undecided. */
export function provesNothing({ validity }: Pick<RunRecord, 'validity'>): boolean {
  return withoutOpenness(validity).verdict === 'invalid';
}

/** Why the figures of a run can't be put beside those of another, one sentence each; empty where they can. */
export function bias({ validity, generator }: Pick<RunRecord, 'validity' | 'generator'>): readonly string[] {
  if (validity.verdict === 'invalid')
    return validity.reasons.length > 0 ? validity.reasons : ['it is invalid, and no reason was recorded'];
  return generator.doubts.map(({ text }) => text);
}

function invalidates(kind: ReasonKind): boolean {
  return REASONS[kind].consequence === 'invalidates';
}
