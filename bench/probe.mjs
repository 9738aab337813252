// node bench/probe.mjs conns rate[,rate] [rounds]  with env variants: V='A=..;B=..|A=..'
import { spawn } from 'node:child_process';
import { startNullRelay, stopChild } from './support.mjs';
const [conns, rates, rounds='1'] = process.argv.slice(2);
const variants = (process.env.V ?? '').split('|');
const relay = await startNullRelay();
const one = (rate, env) => new Promise((res) => {
  const c = spawn(process.execPath, ['bench/probe-one.mjs', relay.url, conns, rate], { env: { ...process.env, RELAY_PID: String(relay.pid), ...env }, stdio: ['ignore','pipe','inherit'] });
  let t=''; c.stdout.on('data', d => t += d); c.on('close', () => res(t.trim()));
});
try {
  for (let r = 0; r < Number(rounds); r++)
    for (const rate of rates.split(','))
      for (const v of variants) {
        const env = Object.fromEntries(v.split(';').filter(Boolean).map(p => p.split('=')));
        console.log(conns, rate, v || 'base', await one(rate, env));
      }
} finally { await relay.stop(); }
