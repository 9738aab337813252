import { execSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
const dist = process.env.DIST ?? '../dist';
const { runTrial } = await import(`${dist}/calibrate/trial.js`);
const [url, conns, rate] = process.argv.slice(2);
function threads(pid) {
  const out = new Map();
  try { for (const t of readdirSync(`/proc/${pid}/task`)) { try {
    const [run, wait] = readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'latin1').split(' ').map(Number);
    const name = readFileSync(`/proc/${pid}/task/${t}/comm`, 'latin1').trim();
    const st = readFileSync(`/proc/${pid}/task/${t}/status`, 'latin1');
    const nv = Number(/nonvoluntary_ctxt_switches:\s+(\d+)/.exec(st)[1]);
    out.set(t, { name: t == pid ? 'MAIN' : name, run, wait, nv });
  } catch {} } } catch {}
  return out;
}
const relayPid = Number(process.env.RELAY_PID);
let first = null, worker = null;
function sample() { const w = execSync(`pgrep -P ${process.pid} || true`, {encoding:'utf8'}).trim().split('\n').map(Number).filter(p => { try { return readFileSync(`/proc/${p}/cmdline`,'latin1').includes('worker-main'); } catch { return false; } })[0];
  worker = w; return { w: threads(w), me: threads(process.pid), relay: threads(relayPid) }; }
setTimeout(() => { first = sample(); }, Number(process.env.FROM_MS ?? 2600));
let last = null; setTimeout(() => { last = sample(); }, Number(process.env.TO_MS ?? 4300));
const { result, rows } = await runTrial({ url, signal: new AbortController().signal, catchUp: true,
  load: { connections: { count: Number(conns) }, workloads: { publish: { rate: `${rate}/s`, contentBytes: 48 } }, warmup: '1s', phases: [{ name: 'steady', duration: '3s' }] } });
const lag = result.histograms.get('send_lag'), g = result.generator;
console.log(JSON.stringify({ busyMax: g.eventLoopUtilization.max?.toFixed(3), cpu: g.cpuShare?.toFixed(2), delay99: g.eventLoopDelay_us.p99_us, delayMax: g.eventLoopDelay_us.max_us, lag50: lag?.percentile(50), lag90: lag?.percentile(90), lag99: lag?.percentile(99), lagmax: lag?.max_us, inv: [...result.invalidities, ...g.doubts].map(x => x.kind), gc: g.gcPauses }));
if (first && last) for (const k of ['w','me','relay']) {
  const line = [];
  for (const [t, a] of last[k]) { const b = first[k].get(t); if (!b) continue; const run = (a.run-b.run)/1e6, wait=(a.wait-b.wait)/1e6; if (run > 1 || wait > 1) line.push(`${a.name}: run ${run.toFixed(0)} wait ${wait.toFixed(1)} ms nv ${a.nv-b.nv}`); }
  console.log('   ', k, line.join(' | '));
}
