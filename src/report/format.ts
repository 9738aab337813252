import type { RunRecord } from '../record/schema.ts';

/** What a format may need to know about the place it is shown at. */
export interface RenderOptions {
  /** ANSI colours; never needed to understand the text. */
  readonly color: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  /** Files of this run that are worth naming. */
  readonly files: readonly string[];
}

/** A way to write a document as text, by default the record of a run; pure. */
export interface Format<Document = RunRecord> {
  /** As in `--format`. */
  readonly name: string;
  /** Its file in the output directory, or null where it is for a screen only. */
  readonly fileName: string | null;
  /** Whether `run` makes it unless `--format` names others. */
  readonly isDefault?: boolean;
  render(document: Document, options: RenderOptions): string;
}
