import type { Assembly, Open } from '../src/rehearsal/assembly/assembly.ts';
import { rehearseAssembly } from '../src/rehearsal/rehearse.ts';
import { deployed, regionLoss } from './example.ts';
import { median, minutes, percentile, type Row } from './row.ts';

const PILOT_P50_MINUTES = 8;
const PILOT_P90_MINUTES = 11;
const ABOVE_BOUND_MAX = 1.1;

/**
 * The modelled time to recovery, by the twin's clients, and how far above the critical path's lower bound it is:
 * the same failover if no wait of its machine ever looked later than a second after what it waits for.
 */
export async function measureRecovery(rtoSeconds: number[], boundSeeds: number): Promise<Row[]> {
  const { plan } = regionLoss();
  const bounds = await boundsOf(boundSeeds);
  const [p50, p90, bound] = [percentile(rtoSeconds, 50), percentile(rtoSeconds, 90), median(bounds)];
  const own = median(rtoSeconds.slice(0, boundSeeds));
  return [
    {
      what: `RTO of the last tier, ${plan.posture}, p50 of ${rtoSeconds.length} seeds`,
      measured: minutes(p50),
      budget: `${PILOT_P50_MINUTES} min`,
      misses: p50 > 60 * PILOT_P50_MINUTES,
    },
    {
      what: '  p90',
      measured: minutes(p90),
      budget: `${PILOT_P90_MINUTES} min`,
      misses: p90 > 60 * PILOT_P90_MINUTES,
    },
    {
      what: `  seeds 1 to ${boundSeeds}: ${minutes(own)}, to the lower bound ${minutes(bound)}`,
      measured: `${(own / bound).toFixed(2)} ×`,
      budget: `within ${Math.round(100 * (ABOVE_BOUND_MAX - 1))} %`,
      misses: own > ABOVE_BOUND_MAX * bound,
    },
  ];
}

/** What those times are of, in words. */
export function recoveryNote(): string {
  const options = regionLoss();
  const { platform } = deployed(options);
  const { plan, objects } = platform;
  const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').length;
  return (
    `Of the example: ${objects.length} manifests in ${plan.tiers.length} tiers with volumes (${claims} claims and those of ` +
    `its StatefulSets), ${plan.entryPoints.length} entry points; from the fault to the last tier's first request ` +
    `answered by the standby, with detection, a hold-down of ${plan.detection.holdDown} s and a TTL of ${plan.traffic.ttl} s. ` +
    'The budget is of 2,000 objects without volumes. Bound: the same seeds with every wait of the machine cut to 1 s. ' +
    'The postures cold, warm and hot do not exist yet and are left out.'
  );
}

async function boundsOf(seeds: number): Promise<number[]> {
  const options = regionLoss();
  const { platform, assembly } = deployed(options);
  const eager = withEagerWaits(assembly);
  const found: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { summary } = await rehearseAssembly(platform, eager, { ...options, seed, repeat: '' });
    if (summary.rtoSeconds !== null) found.push(summary.rtoSeconds);
  }
  return found;
}

/** In a definition that is a text within JSON. */
const WAIT = /(\\"Type\\":\\"Wait\\",\\"Seconds\\":)\d+/g;

/** The assembly whose machine `failover` waits one second wherever it waits a number of seconds. */
function withEagerWaits(assembly: Assembly): Assembly {
  const copy = structuredClone(assembly);
  let cut = 0;
  for (const { Properties } of copy.stacks.flatMap(({ template }) => Object.values(template.Resources))) {
    if (!String(Properties?.StateMachineName).endsWith('-failover') || Properties === undefined) continue;
    const text = JSON.stringify(Properties.DefinitionString).replace(WAIT, (_, before: string) => {
      cut++;
      return `${before}1`;
    });
    Properties.DefinitionString = JSON.parse(text) as Open;
  }
  if (cut === 0) throw new Error('the machine failover has no waits that can be cut');
  return copy;
}
