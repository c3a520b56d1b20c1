import { NotSimulated } from '../../kernel/not-simulated.ts';
import type { ClusterHost } from '../host.ts';

/** Ends the rehearsal because of something that this Velero cannot do, and that the real one can. */
export function refuse(host: ClusterHost, what: string): never {
  const missing = new NotSimulated(what);
  host.kernel.fail(missing);
  throw missing;
}
