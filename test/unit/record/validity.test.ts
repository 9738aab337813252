import { describe, expect, it } from 'vitest';
import { bias, provesNothing, validityOf, withoutOpenness } from '../../../src/record/validity.ts';
import { runOf } from '../../support/sample-runs.ts';

const late = { kind: 'generator-late' as const, text: 'late' };
const open = { kind: 'gate-undecided' as const, text: 'open' };
const dropped = { kind: 'load-not-offered' as const, text: 'dropped' };

describe('the validity of a run', () => {
  it('without what only its gates have left open is that of the load', () => {
    expect(withoutOpenness(validityOf([open, late])).verdict).toBe('valid');
    expect(withoutOpenness(validityOf([dropped, late]))).toEqual(validityOf([dropped]));
  });

  it('of a record that does not say what its reasons are stays as it is', () => {
    const old = { verdict: 'invalid' as const, reasons: ['late'], owners: [], kinds: [] };
    expect(withoutOpenness(old)).toEqual(old);
  });

  it('tells a run that proves nothing from one that leaves a gate undecided', () => {
    expect(provesNothing({ validity: validityOf([dropped]) })).toBe(true);
    expect(provesNothing({ validity: validityOf([open, late]) })).toBe(false);
  });
});

describe('the bias of a run', () => {
  const run = runOf(1);
  const doubtful = { ...run, generator: { ...run.generator, doubts: [late] } };

  it('is none where the generator was at ease', () => {
    expect(bias(run)).toEqual([]);
  });

  it('is what casts doubt on its figures, though every gate holds', () => {
    expect(bias(doubtful)).toEqual(['late']);
  });

  it('is why an invalid run is invalid, in any case something', () => {
    expect(bias({ ...run, validity: validityOf([open]) })).toEqual(['open']);
    expect(bias({ ...run, validity: { ...validityOf([]), verdict: 'invalid' } })).toHaveLength(1);
  });
});
