/** A room of src/; see rooms.json. */
export interface Room {
  /** Of its folder in src/. */
  readonly name: string;
  /** Files of other folders that belong to it: patterns below src/. */
  readonly also?: readonly string[];
  /** For the table of docs/architecture.md. */
  readonly owns: string;
  /** Rooms of which it may import anything. */
  readonly imports: readonly string[];
  /** Rooms of which it may only `import type`. */
  readonly types?: readonly string[];
  /** Whether it does no I/O. */
  readonly pure?: boolean;
  readonly reason: string;
}

/** A rule of dependency-cruiser. */
interface Rule {
  readonly name: string;
  readonly to: {
    readonly path?: string | readonly string[];
    readonly pathNot?: readonly string[];
    readonly dependencyTypesNot?: readonly string[];
  };
}

export const ROOMS: readonly Room[];
export function roomProblems(rooms: readonly Room[], folders: readonly string[]): readonly string[];
export function roomRules(rooms: readonly Room[]): readonly Rule[];
export function roomTable(rooms: readonly Room[]): string;
export function withRoomTable(page: string, rooms: readonly Room[]): string;
