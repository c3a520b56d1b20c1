import { controlRegion } from '../plan/places.ts';
import type { Plan } from '../plan/schema.ts';
import { type Fault, ROLES, type Role, type Scenario, type ServiceName } from './scenario-schema.ts';
import { lengthText } from './scenario-time.ts';

/** A fault for one plan: roles have become AWS regions, and a sentence says what it does. */
export type ResolvedFault = Fault & {
  /** The twin's name of the service: the SDK client's. */
  serviceId?: string;
  /** Such as `loss of us-west-2 (primary) for 43s`. */
  text: string;
};

/** Names in IAM's actions that are not the SDK client's. */
const SERVICE_IDS: Partial<Record<ServiceName, string>> = {
  elasticloadbalancing: 'elasticloadbalancingv2',
  events: 'eventbridge',
  states: 'sfn',
};

/** The faults as they strike this plan, in order of time. A role that the plan does not have is a problem. */
export function resolveFaults(scenario: Scenario, plan: Plan): { faults: ResolvedFault[]; problems: string[] } {
  const regions = regionsOf(plan);
  const problems: string[] = [];
  const regionOf = (place: string, field: string): string => {
    const region = ROLES.includes(place as Role) ? regions[place as Role] : place;
    if (region === undefined) problems.push(`${field}: the plan ${plan.name} has no ${place}`);
    return region ?? place;
  };
  const faults = scenario.faults.map((fault, index): ResolvedFault => {
    const resolved = { ...fault };
    if ('region' in resolved && resolved.region !== undefined)
      resolved.region = regionOf(resolved.region, `faults.${index}.region`);
    if ('between' in resolved) {
      const [a, b] = resolved.between;
      resolved.between = [regionOf(a, `faults.${index}.between.0`), regionOf(b, `faults.${index}.between.1`)];
    }
    const service = 'service' in fault ? fault.service : undefined;
    const text = sentence(fault, (place) => named(place, regions));
    if (service === undefined) return { ...resolved, text };
    return { ...resolved, text, serviceId: SERVICE_IDS[service] ?? service };
  });
  return { faults: faults.toSorted((a, b) => a.at - b.at), problems };
}

type Regions = Record<Role, string | undefined>;

const regionsOf = (plan: Plan): Regions => ({
  primary: plan.sites.primary.region,
  standby: plan.sites.standby.region,
  control: controlRegion(plan),
  witness: plan.witness?.region,
});

const named = (place: string, regions: Regions): string => {
  const region = regions[place as Role];
  if (region !== undefined) return `${region} (${place})`;
  const role = ROLES.find((candidate) => regions[candidate] === place);
  return role === undefined ? place : `${place} (${role})`;
};

function sentence(fault: Fault, place: (name: string) => string): string {
  const where = 'region' in fault && fault.region !== undefined ? place(fault.region) : undefined;
  const lasting = 'for' in fault && fault.for !== undefined ? ` for ${lengthText(fault.for)}` : '';
  return `${effect(fault, where, place)}${lasting}`;
}

function effect(fault: Fault, where: string | undefined, place: (name: string) => string): string {
  const inRegion = where === undefined ? '' : ` in ${where}`;
  switch (fault.kind) {
    case 'region-loss':
      return `loss of ${where}`;
    case 'zone-loss':
      return `loss of one zone${inRegion}`;
    case 'partition':
      return `partition between ${fault.between.map(place).join(' and ')}`;
    case 'service-error':
      return `errors of ${calls(fault)}${inRegion}`;
    case 'throttle':
      return `throttling of ${calls(fault)}${inRegion}`;
    case 'latency':
      return `${calls(fault)} slower by ${lengthText(fault.by)}${inRegion}`;
    case 'capacity':
      return `no instances to be had${inRegion}`;
    case 'missing-metrics':
      return `no metrics${inRegion}`;
    case 'late-events':
      return `${share(fault.probability)} events late by up to ${lengthText(fault.by)}${inRegion}`;
    case 'duplicate-events':
      return `${share(fault.probability)} events delivered more than once${inRegion}`;
    case 'replication-stall':
      return 'replication of backups stalls';
    case 'partial-replication':
      return `${share(fault.probability)} objects${like(fault.keys)} do not reach the replica`;
    case 'backup-corruption':
      return `${share(fault.probability)} objects of backups${like(fault.keys)} overwritten with garbage${inRegion}`;
    case 'backup-silent-failure':
      return "backups complete without volumes' contents";
    case 'node-loss':
      return `loss of one node${inRegion}`;
    case 'pod-crash':
      return `${share(fault.probability)} pods crash${inRegion}`;
    case 'data-corruption':
      return `data corrupted${inRegion}`;
    case 'function-crash':
      return `callers of ${calls(fault)} die before the answer${inRegion}`;
    case 'clock-skew':
      return `clocks ${lengthText(fault.by)} ahead${inRegion}`;
    case 'primary-returns':
      return 'the primary returns';
  }
}

const share = (probability: number): string =>
  probability === 1 ? 'all' : `${Number((100 * probability).toFixed(1))} % of`;

const like = (keys: string | undefined): string => (keys === undefined ? '' : ` like ${keys}`);

function calls(fault: {
  service?: string | undefined;
  operations?: string[] | undefined;
  probability: number;
}): string {
  const what = [fault.service ?? 'every service', ...(fault.operations ?? [])].join(' ');
  return fault.probability === 1 ? what : `${share(fault.probability)} calls of ${what}`;
}
