// Requests over HTTP as fast as they are answered, for pages that are there and for the metrics, which are not for clients.
import { Agent, get } from 'node:http';

const CONNECTIONS = 24;
const PATHS = ['/metrics', '/', '/health', '/ready', `/e/${'0'.repeat(64)}`, '/nothing'];

export default {
  name: 'http-floods',
  against: 'both',
  isCheap: true,
  async start(url) {
    const { hostname, port } = new URL(url);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const state = { isStopped: false, statuses: new Map() };
    const ask = (path) =>
      new Promise((resolve) => {
        const request = get({ hostname, port, path, agent }, (response) => {
          const key =
            path === '/metrics' ? `${response.statusCode} for /metrics` : String(response.statusCode);
          state.statuses.set(key, (state.statuses.get(key) ?? 0) + 1);
          response.resume().on('end', resolve).on('error', resolve);
        });
        request.on('error', () => setTimeout(resolve, 10));
      });
    const one = async (_, index) => {
      for (let n = index; !state.isStopped; n++) await ask(PATHS[n % PATHS.length]);
    };
    const running = Array.from({ length: CONNECTIONS }, one);
    return {
      stop: async () => {
        state.isStopped = true;
        agent.destroy();
        await Promise.all(running);
      },
      get told() {
        const answers = [...state.statuses].map(([status, count]) => `${count} × ${status}`).join(', ');
        return `HTTP requests over ${CONNECTIONS} connections; ${answers}`;
      },
    };
  },
};
