// Reconciliations of everything, opened again and again.
import { attackModule } from '../attack-client.mjs';
import { fill } from './counts.mjs';

export default attackModule({
  name: 'reconciliations',
  isCheap: false,
  told: 'NEG-OPEN of everything',
  prepare: fill,
  begin: ({ send }) => {
    let next = 0;
    return () => send(['NEG-OPEN', `n${next++ % 20}`, {}, '6100000200']);
  },
});
