import type { ScenarioShape } from './shape.ts';

/** Something that the parts of a scenario demand of each other and do not get. */
export interface Inconsistency {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Looks for contradictions of one sort. */
export type Check = (scenario: ScenarioShape) => readonly Inconsistency[];

export function problem(path: Inconsistency['path'], message: string): Inconsistency {
  return { path, message };
}
