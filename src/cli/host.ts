import type { ExitCode } from '../base/exit-codes.ts';
import type { Io } from './io.ts';

/** What a command gets besides its own arguments and options. */
export interface CommandHost {
  readonly io: Io;
  /** `true` for `--color`, `false` for `--no-color`, undefined without either. */
  colourFlag(): boolean | undefined;
  /** Sets the exit code of the process; a command that never calls it ends with 0. */
  finish(code: ExitCode): void;
}
