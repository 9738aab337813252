import { Chalk, type ChalkInstance } from 'chalk';
import type { Tone } from './view/document.ts';

/** Chalk with the sixteen colours that every terminal knows, or with none. */
export function createChalk(color: boolean): ChalkInstance {
  return new Chalk({ level: color ? 1 : 0 });
}

/** The text in the colour of its meaning. */
export function inTone(text: string, tone: Tone, chalk: ChalkInstance): string {
  const painters: Record<Tone, (plain: string) => string> = {
    plain: (plain) => plain,
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    muted: chalk.dim,
  };
  return painters[tone](text);
}
