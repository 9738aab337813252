import { describe, expect, it } from 'vitest';
import { type Forecast, type ForecastRow, forecast } from '../../../../src/capacity/forecast.ts';
import { buildForecastDocument, FORECAST_FORMATS } from '../../../../src/report/capacity/forecast.ts';

const estimate = forecast(null);
const [smallest] = estimate.rows;
if (smallest === undefined) throw new Error('the forecast has no row');

const withRow = (changes: Partial<ForecastRow>): Forecast => ({
  ...estimate,
  rows: [{ ...smallest, ...changes }],
});
const sentenceOf = (given: Forecast) => buildForecastDocument(given).headline.sentence;

/** The text beside a label, for one number of users. */
function textOf(label: string, changes: Partial<ForecastRow>): string | undefined {
  const content = buildForecastDocument(withRow(changes)).sections[0]?.content;
  if (content?.kind !== 'table') throw new Error('the forecast is no table');
  return content.rows.find(([first]) => first?.text === label)?.[1]?.text;
}

describe('a forecast in a report', () => {
  it('says where the architecture ends, and what binds first', () => {
    expect(sentenceOf(withRow({ users: 5_000, binds: { part: 'primary', share: 1.2 } }))).toBe(
      'one such stack ends below 5,000 users: the primary of Postgres binds first',
    );
  });

  it('says how far the largest number of users goes where nothing binds', () => {
    expect(sentenceOf(withRow({ users: 5_000, binds: { part: 'pub/sub', share: 0.5 } }))).toBe(
      'one such stack reaches 5,000 users; first to bind is the Redis that relays tell each other through, used to 50 % of what is planned for',
    );
  });

  it('says so where no number of users was asked for', () => {
    expect(sentenceOf({ ...estimate, rows: [] })).toBe('no number of users');
  });

  it('says that no number of relays or replicas is enough', () => {
    expect(textOf('relays', { relays: null })).toBe('none is enough');
    expect(textOf('Postgres replicas', { replicas: null })).toBe('none is enough');
  });

  it('counts relays and replicas where they are known', () => {
    expect([textOf('relays', { relays: 3 }), textOf('Postgres replicas', { replicas: 2 })]).toEqual([
      '3',
      '2',
    ]);
  });

  it('leaves the cores of Redis open where the number of relays is unknown', () => {
    expect(textOf('Redis pub/sub, cores', { redisCores: null })).toBe('–');
    expect(textOf('Redis pub/sub, cores', { redisCores: 0.5 })).toBe('0.5');
  });

  it('gives a network in megabits, and a large one in gigabits', () => {
    expect(textOf('network to clients', { network_bits_per_s: 20e6 })).toBe('20 Mbit/s');
    expect(textOf('network to clients', { network_bits_per_s: 2e9 })).toBe('2 Gbit/s');
  });

  it('is marked as an estimate in every format for people, with what it rests on', () => {
    for (const name of ['terminal', 'md']) {
      const format = FORECAST_FORMATS.find((one) => one.name === name);
      const text = format?.render(estimate, { color: false, columns: 100, files: [] });
      expect(text).toContain('ESTIMATE');
      expect(text).toContain('What it rests on');
    }
  });

  it('is given to programs as it is', () => {
    const json = FORECAST_FORMATS.find(({ name }) => name === 'json');
    expect(JSON.parse(json?.render(estimate, { color: false, columns: 100, files: [] }) ?? '')).toEqual(
      estimate,
    );
  });
});
