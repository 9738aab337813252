import { describe, expect, test } from 'vitest';
import {
  durationMs,
  portNumber,
  positiveNumber,
  ratePerSecond,
  relayUrl,
  repeatable,
  seedNumber,
  wholeNumber,
  wordList,
} from '../../../src/cli/options.ts';

describe('option values', () => {
  test.each(['0', '-1', '1.5', 'abc', '', '1e3', '99999999'])('%j is no count of at least one', (text) => {
    expect(() => wholeNumber(1)(text)).toThrow(/whole number/);
  });

  test('a count is read as a number', () => {
    expect(wholeNumber(1)('1000')).toBe(1_000);
    expect(wholeNumber(0)('0')).toBe(0);
  });

  test.each([
    ['200', 200],
    ['0.5', 0.5],
    ['30/m', 0.5],
    ['200/s', 200],
  ])('the rate %s is %d a second', (text, rate_per_s) => {
    expect(ratePerSecond(text)).toBe(rate_per_s);
  });

  test('a factor is a number above zero', () => {
    expect(['5', '0.5'].map(positiveNumber)).toEqual([5, 0.5]);
    for (const text of ['0', '-1', 'x', '5x', '', '1e9', '10000001'])
      expect(() => positiveNumber(text)).toThrow(/above zero/);
  });

  test.each(['abc', '0', '-5', '5 s', 'Infinity'])('%j is no rate', (text) => {
    expect(() => ratePerSecond(text)).toThrow(/events a second/);
  });

  test('a duration needs its unit', () => {
    expect(durationMs()('30s')).toBe(30_000);
    expect(() => durationMs()('5')).toThrow(/duration with a unit/);
    expect(() => durationMs()('0s')).toThrow(/duration with a unit/);
    expect(durationMs(true)('0s')).toBe(0);
    expect(() => durationMs()('597h')).toThrow(/at most 596h/);
  });

  test('a seed must be exact in a double', () => {
    expect(seedNumber('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => seedNumber('9007199254740993')).toThrow(/whole number/);
  });

  test('ports end at 65535', () => {
    expect(portNumber('0')).toBe(0);
    expect(() => portNumber('65536')).toThrow(/port/);
  });

  test.each(['http://127.0.0.1', '127.0.0.1:7777', 'ws://', 'nonsense'])('%j is no relay address', (text) => {
    expect(() => relayUrl(text)).toThrow(/is not a relay address/);
  });

  test('a refused relay address is not repeated with its secrets', () => {
    expect(() => relayUrl('http://me:secret@h?token=secret')).toThrow(/^--relay (?!.*secret)/);
  });

  test.each([
    ['127.0.0.1:7777', 'ws://127.0.0.1:7777'],
    ['localhost:7777', 'ws://localhost:7777'],
    ['relay.example', 'ws://relay.example'],
    ['https://relay.example/a', 'wss://relay.example/a'],
    ['ws:// bad', 'ws://127.0.0.1:7777'],
  ])('a refused relay address is named as it was typed: %s', (typed, meant) => {
    const message = `--relay ${typed} is not a relay address`;
    const hint = `write a WebSocket address such as ${meant}`;
    expect(() => relayUrl(typed)).toThrow(expect.objectContaining({ message, hint }));
  });

  test('port 0 is no port to connect to', () => {
    expect(() => relayUrl('ws://127.0.0.1:0')).toThrow(/^--relay ws:\/\/127\.0\.0\.1:0\/ has port 0/);
  });

  test('a word list drops repetitions and refuses other words', () => {
    const formats = wordList(['terminal', 'json', 'md'] as const);
    expect(formats('md, json,md')).toEqual(['md', 'json']);
    expect(() => formats('pdf')).toThrow(/terminal, json, md/);
  });

  test('a repeatable option gathers its values', () => {
    const add = repeatable(wholeNumber(1));
    expect(add('2', add('1', undefined))).toEqual([1, 2]);
  });
});
