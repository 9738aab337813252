import { describe, expect, test } from 'vitest';
import { examine, type MachineFacts } from '../../../../src/cli/doctor/examine.ts';

const GOOD: MachineFacts = {
  node: 'v22.1.0',
  openFiles: { soft: 65_536, hard: 65_536 },
  ports: { first: 32_768, last: 60_999 },
  cpus: 8,
  memoryBytes: 16 * 1024 ** 3,
  load1: 0.1,
  canReadProcesses: true,
};

const find = (name: string, changes: Partial<MachineFacts>) =>
  examine({ ...GOOD, ...changes }).find((check) => check.name === name);

describe('doctor', () => {
  test('a good machine has no warnings', () => {
    expect(examine(GOOD).map((check) => check.verdict)).toEqual(examine(GOOD).map(() => 'ok'));
  });

  test('open files say how many connections one worker can hold', () => {
    expect(find('open files', {})?.allows).toBe('up to 65,280 connections per worker');
  });

  test.each([
    [1_024, 'warning'],
    [256, 'problem'],
  ])('%d open files are a %s', (soft, verdict) => {
    expect(find('open files', { openFiles: { soft, hard: soft } })?.verdict).toBe(verdict);
  });

  test('the advice is ulimit where the hard limit allows more, else where to raise it', () => {
    expect(find('open files', { openFiles: { soft: 256, hard: 4_096 } })?.advice).toContain('ulimit -n 4096');
    expect(find('open files', { openFiles: { soft: 256, hard: 256 } })?.advice).toContain('limits.conf');
  });

  test('unlimited open files are no number', () => {
    const openFiles = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };
    expect(find('open files', { openFiles })).toMatchObject({ verdict: 'ok', value: 'unlimited' });
  });

  test.each([
    ['v20.18.9', 'problem'],
    ['v20.19.0', 'ok'],
    ['v18.20.0', 'problem'],
  ])('Node %s is %s', (node, verdict) => {
    expect(find('Node', { node })?.verdict).toBe(verdict);
  });

  test('a narrow port range is a warning with the command that widens it', () => {
    expect(find('local ports', { ports: { first: 50_000, last: 51_999 } })).toMatchObject({
      verdict: 'warning',
      advice: expect.stringContaining('sysctl'),
    });
  });

  test('a single core, little memory and a busy machine are warnings', () => {
    expect(find('cores', { cpus: 1 })?.verdict).toBe('warning');
    expect(find('memory', { memoryBytes: 500_000_000 })?.verdict).toBe('warning');
    expect(find('load average', { load1: 9 })?.verdict).toBe('warning');
  });

  test('what is unknown is called unknown', () => {
    expect(find('open files', { openFiles: null })?.value).toBe('unknown');
    expect(find('local ports', { ports: null })?.value).toBe('unknown');
    expect(find('process figures', { canReadProcesses: false })?.allows).toContain('unmeasured');
  });
});
