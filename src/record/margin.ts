import type { GateResult } from './schema.ts';

const OPERATOR = /<=|>=|==|!=|<|>/;

/** The comparison in a gate's expression, for example `<`; null where there is none. */
export function operatorOf(expression: string): string | null {
  return OPERATOR.exec(expression)?.[0] ?? null;
}

/**
 * How far a gate's actual value lies on the good side of its limit, in the gate's unit; negative where it lies
 * on the bad side; null without data.
 */
export function marginOf(gate: Pick<GateResult, 'expression' | 'limit' | 'actual'>): number | null {
  if (gate.actual === null) return null;
  const above = withoutNoise(gate.actual - gate.limit);
  switch (operatorOf(gate.expression)) {
    case '<':
    case '<=':
      return above === 0 ? 0 : -above;
    case '>':
    case '>=':
      return above;
    case '==':
      return above === 0 ? 0 : -Math.abs(above);
    case '!=':
      return Math.abs(above);
    default:
      return null;
  }
}

/** 0.9995 − 0.99 is 0.009500000000000064 in binary; twelve digits are more than anything measured has. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(12));
}
