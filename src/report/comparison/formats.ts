import { RelayBenchError } from '../../base/errors.ts';
import type { Comparison } from '../../compare/schema.ts';
import { jsonText } from '../../record/json-text.ts';
import type { RenderOptions } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildComparisonDocument } from './document.ts';
import { comparisonPage } from './page.ts';

/** A way to write a comparison as text; pure. */
export interface ComparisonFormat {
  /** As in `compare --format`. */
  readonly name: string;
  /** Its file in an output directory, or null where it is for a screen only. */
  readonly fileName: string | null;
  render(comparison: Comparison, options: RenderOptions): string;
}

const TONES = { WORSE: 'bad', BETTER: 'good', SAME: 'good', UNCLEAR: 'warn' } as const;
const MARKS = { WORSE: '❌', BETTER: '✅', SAME: '✅', UNCLEAR: '⚠️' } as const;

/** Every format that a comparison can be rendered in. */
export const COMPARISON_FORMATS: readonly ComparisonFormat[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (comparison, options) => renderTerminal(buildComparisonDocument(comparison), TONES, options),
  },
  {
    name: 'json',
    fileName: 'comparison.json',
    render: (comparison) => jsonText(comparison),
  },
  {
    name: 'md',
    fileName: 'comparison.md',
    render: (comparison) => renderMarkdown(buildComparisonDocument(comparison), MARKS),
  },
  { name: 'html', fileName: 'comparison.html', render: comparisonPage },
];

/**
 * The format of that name.
 * @throws RelayBenchError `FORMAT_UNKNOWN`
 */
export function comparisonFormat(name: string): ComparisonFormat {
  const format = COMPARISON_FORMATS.find((one) => one.name === name);
  if (format !== undefined) return format;
  throw new RelayBenchError(`there is no format "${name}" of comparisons`, {
    code: 'FORMAT_UNKNOWN',
    hint: `use one of ${COMPARISON_FORMATS.map((one) => one.name).join(', ')}`,
  });
}
