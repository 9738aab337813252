import { readOpenFileLimit, readPortRange } from '../observe/limits.ts';
import type { Supply } from './limit-check.ts';

/** What this machine gives to runs. */
export function readSupply(): Supply {
  const ports = readPortRange();
  return {
    openFiles: readOpenFileLimit()?.soft ?? null,
    localPorts: ports === null ? null : ports.last - ports.first + 1,
  };
}
