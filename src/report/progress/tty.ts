import type { Reporter, Write } from '../reporter.ts';
import { createChalk } from '../tones.ts';
import { type BlockSize, renderBlock } from './block.ts';
import { paintLine } from './line.ts';
import { changeLine } from './plain.ts';
import { advance, initialState } from './state.ts';

/** Four frames a second: fast enough to look alive, too slow to cost CPU that the load needs. */
const FRAME_MS = 250;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[2K';
const CLEAR_BELOW = '\u001b[J';
const up = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A`);

export interface TtyProgressOptions {
  readonly write: Write;
  /** Read for each frame, so that a resized terminal is no problem. */
  readonly size: () => BlockSize;
  readonly color: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
  /** Calls `listener` when the process ends, however it ends, until the returned function is called. */
  readonly onExit: (listener: () => void) => () => void;
}

/**
 * Progress for a person at a terminal: a block that is drawn over itself and gives way to one line at the end.
 * The cursor is hidden while it lives and shown again on every way out.
 */
export function ttyProgress(options: TtyProgressOptions): Reporter {
  const { write, nowMs } = options;
  const chalk = createChalk(options.color);
  let state = initialState(nowMs());
  let drawn = 0;
  let lastLine: string | null = null;
  let close: (() => void) | null = null;

  const draw = (): void => {
    const lines = renderBlock(state, nowMs(), options.size()).map((line) => paintLine(line, chalk));
    write(`${up(drawn)}\r${lines.map((line) => `${CLEAR_LINE}${line}\n`).join('')}${CLEAR_BELOW}`);
    drawn = lines.length;
  };
  const open = (): (() => void) => {
    write(HIDE_CURSOR);
    const timer = setInterval(draw, FRAME_MS);
    timer.unref();
    const forget = options.onExit(() => write(SHOW_CURSOR));
    return () => {
      clearInterval(timer);
      forget();
      write(`${up(drawn)}\r${CLEAR_BELOW}${lastLine === null ? '' : `${lastLine}\n`}${SHOW_CURSOR}`);
    };
  };
  const end = (): void => {
    close?.();
    close = null;
  };

  return {
    name: 'progress',
    onProgress: (event) => {
      if (state.stage === 'finished') return;
      const before = state;
      state = advance(before, event, nowMs());
      if (event.type === 'finished') {
        lastLine = changeLine(before, state, event);
        end();
      } else if (close === null) {
        close = open();
        draw();
      }
    },
    onEnd: end,
  };
}
