import type { ScenarioParts } from './parts.ts';

/** Something that the parts of a scenario demand of each other and do not get. */
export interface Inconsistency {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A scenario as far as a check looks at it. `W`: the workloads that it knows. */
export type CheckedScenario<W> = ScenarioParts & { readonly workloads: W };

/** Looks for contradictions of one sort. */
export type Check<W = unknown> = (scenario: CheckedScenario<W>) => readonly Inconsistency[];

export function problem(path: Inconsistency['path'], message: string): Inconsistency {
  return { path, message };
}

/** Names that are used twice. @param pathOf where the name of an item stands */
export function repeated(
  items: readonly { readonly name: string }[],
  pathOf: (index: number) => Inconsistency['path'],
): readonly Inconsistency[] {
  const seen = new Set<string>();
  return items.flatMap(({ name }, index) => {
    if (seen.has(name)) return [problem(pathOf(index), `"${name}" is used twice`)];
    seen.add(name);
    return [];
  });
}

/** Phases that are named and do not exist. @param at where the names stand */
export function unknownPhases(
  during: readonly string[] | undefined,
  { phases }: Pick<ScenarioParts, 'phases'>,
  at: Inconsistency['path'],
): readonly Inconsistency[] {
  const names = phases.map(({ name }) => name);
  return (during ?? []).flatMap((name, index) =>
    names.includes(name) ? [] : [problem([...at, index], `is none of the phases (${names.join(', ')})`)],
  );
}
