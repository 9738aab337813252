import { describe, expect, it } from 'vitest';
import { type MetricSample, readPrometheusText } from '../../../../src/observe/figures/prometheus-text.ts';

function read(text: string) {
  const samples: MetricSample[] = [];
  const malformed = readPrometheusText(text, (sample) => samples.push(sample));
  return {
    malformed,
    samples: samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]),
  };
}

describe('the text of a metrics endpoint', () => {
  it('is read sample by sample, without comments', () => {
    const text = `# HELP up Whether it is.
# TYPE up gauge
up 1

http_requests_total{method="post",code="200"} 1027 1395066363000
  spaced { a = "1" , b="2", } 3.5e-2\r
# EOF`;
    expect(read(text.replace('spaced {', 'spaced{'))).toEqual({
      malformed: 0,
      samples: [
        ['up', {}, 1],
        ['http_requests_total', { method: 'post', code: '200' }, 1_027],
        ['spaced', { a: '1', b: '2' }, 0.035],
      ],
    });
  });

  it('has escapes in its labels, and braces', () => {
    const text = String.raw`x{path="C:\\DIR\\",message="a \"b\"\n}{"} 1`;
    expect(read(text).samples).toEqual([['x', { path: 'C:\\DIR\\', message: 'a "b"\n}{' }, 1]]);
  });

  it('has numbers that are none, and exemplars', () => {
    const text = 'a NaN\nb +Inf\nc -Inf\nd_bucket{le="1"} 2 # {trace_id="x"} 0.5 1.2\n';
    expect(read(text)).toMatchObject({ malformed: 0 });
    expect(read(text).samples.map(([, , value]) => value)).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      2,
    ]);
  });

  it.each([
    'no value',
    '<html><body>404</body></html>',
    'a{b="1" 2',
    'a{b=1} 2',
    'a{="1"} 2',
    '1a 2',
    'a 0x10',
    'a 1 2 3',
    'a{b="\\"} 1',
    'constructor',
    `a{${'b="1",'.repeat(100)}} 1`,
    `a{b="${'x'.repeat(20_000)}"} 1`,
  ])('counts what is no sample and goes on: %.40s', (line) => {
    expect(read(`${line}\nok 1\n`)).toEqual({ malformed: 1, samples: [['ok', {}, 1]] });
  });

  it('is not read beyond its 50,000th line', () => {
    const { malformed, samples } = read('a 1\n'.repeat(60_000));
    expect(samples).toHaveLength(50_000);
    expect(malformed).toBe(10_001);
  });

  it('costs no more than its length where it is made to cost much', () => {
    const began = performance.now();
    const lines = [`a{b="${'\\'.repeat(16_000)}`, `a{${' '.repeat(16_000)}`, `a ${' '.repeat(16_000)}x`];
    expect(read(`${lines.join('\n')}\n`.repeat(20)).malformed).toBe(60);
    // Quadratic time would be minutes.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
