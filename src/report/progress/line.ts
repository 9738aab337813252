import type { ChalkInstance } from 'chalk';
import { inTone } from '../tones.ts';
import type { Tone } from '../view/document.ts';

/** A piece of a line; text without control characters, one column a character. */
export interface Segment {
  readonly text: string;
  readonly tone?: Tone;
}

export type Line = readonly Segment[];

/** The line cut to `columns` characters, with `…` where something was lost. */
export function cutLine(line: Line, columns: number): Line {
  const width = line.reduce((sum, { text }) => sum + text.length, 0);
  if (width <= columns) return line;
  let left = Math.max(0, columns - 1);
  const kept: Segment[] = [];
  for (const segment of line) {
    kept.push({ ...segment, text: segment.text.slice(0, left) });
    left -= Math.min(left, segment.text.length);
  }
  return [...kept.filter(({ text }) => text !== ''), { text: '…' }];
}

/** The line with its colours. */
export function paintLine(line: Line, chalk: ChalkInstance): string {
  return line.map(({ text, tone = 'plain' }) => inTone(text, tone, chalk)).join('');
}
