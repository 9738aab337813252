import type { Capacity } from '../../capacity/schema.ts';
import { jsonText } from '../../record/json-text.ts';
import type { Format } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildCapacityDocument } from './document.ts';
import { capacityPage } from './page.ts';

const TONES = { LIMIT: 'good', 'AT LEAST': 'warn', NONE: 'bad', INVALID: 'warn', STOPPED: 'plain' } as const;
const MARKS = { LIMIT: '📈', 'AT LEAST': '📈', NONE: '❌', INVALID: '⚠️', STOPPED: '⏹️' } as const;

/** Every format that a search for the capacity can be rendered in. */
export const CAPACITY_FORMATS: readonly Format<Capacity>[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (capacity, options) => renderTerminal(buildCapacityDocument(capacity), TONES, options),
  },
  { name: 'json', fileName: 'capacity.json', render: (capacity) => jsonText(capacity) },
  {
    name: 'md',
    fileName: 'capacity.md',
    render: (capacity) => renderMarkdown(buildCapacityDocument(capacity), MARKS),
  },
  { name: 'html', fileName: 'capacity.html', render: capacityPage },
];
