import type { Comparison } from '../../compare/schema.ts';
import { jsonText } from '../../record/json-text.ts';
import type { Format } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildComparisonDocument } from './document.ts';
import { comparisonPage } from './page.ts';

const TONES = { WORSE: 'bad', BETTER: 'good', SAME: 'good', UNCLEAR: 'warn' } as const;
const MARKS = { WORSE: '❌', BETTER: '✅', SAME: '✅', UNCLEAR: '⚠️' } as const;

/** Every format that a comparison can be rendered in. */
export const COMPARISON_FORMATS: readonly Format<Comparison>[] = [
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
