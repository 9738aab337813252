/** What happens to the bytes of one direction of a link. */
export interface Condition {
  /** Everything arrives so much later. */
  readonly latencyMs?: number | undefined;
  /** And up to so much more, at random; nothing overtakes. */
  readonly jitterMs?: number | undefined;
  /** Bytes a second that each connection carries. */
  readonly bytesPerS?: number | undefined;
  /** `hold`: nothing arrives until it is over; `reset`: connections are reset, new ones too. */
  readonly partition?: 'hold' | 'reset' | undefined;
}

/** All conditions of a direction together. */
export interface Effective {
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Infinity for no bound. */
  readonly bytesPerS: number;
  readonly partition: 'hold' | 'reset' | null;
}

/** Nothing happens. */
export const CLEAR: Effective = {
  latencyMs: 0,
  jitterMs: 0,
  bytesPerS: Number.POSITIVE_INFINITY,
  partition: null,
};

/** Delays add up, the narrowest bound counts, and a reset is stronger than a hold. */
export function combined(conditions: readonly Condition[]): Effective {
  const sum = (of: (one: Condition) => number | undefined): number =>
    conditions.reduce((all, one) => all + (of(one) ?? 0), 0);
  const partitions = conditions.flatMap(({ partition }) => partition ?? []);
  return {
    latencyMs: sum(({ latencyMs }) => latencyMs),
    jitterMs: sum(({ jitterMs }) => jitterMs),
    bytesPerS: Math.min(...conditions.map(({ bytesPerS }) => bytesPerS ?? CLEAR.bytesPerS), CLEAR.bytesPerS),
    partition: partitions.includes('reset') ? 'reset' : (partitions[0] ?? null),
  };
}

/** Whether bytes may go straight through. */
export function isClear({ latencyMs, jitterMs, bytesPerS, partition }: Effective): boolean {
  return latencyMs === 0 && jitterMs === 0 && bytesPerS === CLEAR.bytesPerS && partition === null;
}
