import { NotSimulated } from '../kernel/not-simulated.ts';
import type { Random } from '../kernel/random.ts';
import { AwsError } from './aws-error.ts';
import type { Input } from './service.ts';

export type RecordSet = {
  /** Lower case, without the dot at its end. */
  name: string;
  type: string;
  ttl: number;
  values: string[];
  alias: { dnsName: string; zoneId: string; evaluateTargetHealth: boolean } | undefined;
  setIdentifier: string | undefined;
  failover: 'PRIMARY' | 'SECONDARY' | undefined;
  weight: number | undefined;
  healthCheckId: string | undefined;
};

export type HostedZone = { id: string; name: string; records: RecordSet[] };
export type DnsAnswer = { records: string[]; ttl: number };

/** What an alias's answer may be kept for. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html */
const ALIAS_TTL = 60;
const UNSUPPORTED = ['Region', 'GeoLocation', 'GeoProximityLocation', 'MultiValueAnswer', 'CidrRoutingConfig'];

export const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** In the API's and CloudFormation's spelling, which are nearly one. */
export function recordSet(input: Input): RecordSet {
  const unsupported = UNSUPPORTED.find((member) => input[member] !== undefined);
  if (unsupported !== undefined) throw new NotSimulated(`a record set with ${unsupported}`);
  const values: (string | Input)[] = input.ResourceRecords ?? [];
  const alias = input.AliasTarget;
  const record: RecordSet = {
    name: plainName(input.Name),
    type: input.Type,
    ttl: Number(input.TTL ?? ALIAS_TTL),
    values: values.map((value) => (typeof value === 'string' ? value : value.Value)),
    alias:
      alias === undefined
        ? undefined
        : {
            dnsName: plainName(alias.DNSName).replace(/^dualstack\./, ''),
            zoneId: alias.HostedZoneId,
            evaluateTargetHealth: alias.EvaluateTargetHealth === true,
          },
    setIdentifier: input.SetIdentifier,
    failover: input.Failover,
    weight: input.Weight === undefined ? undefined : Number(input.Weight),
    healthCheckId: input.HealthCheckId,
  };
  refuseImpossible(record, input);
  return record;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html */
function refuseImpossible(record: RecordSet, input: Input): void {
  const invalid = (why: string): AwsError =>
    new AwsError('InvalidChangeBatch', `[Invalid request: ${why} (${record.name} ${record.type})]`, 400);
  const routed = record.failover !== undefined || record.weight !== undefined;
  if (routed !== (record.setIdentifier !== undefined))
    throw invalid('a set identifier belongs to a routing policy, and to nothing else');
  if (record.alias === undefined && (input.TTL === undefined || record.values.length === 0))
    throw invalid('expected a TTL and resource records');
  if (record.alias !== undefined && (input.TTL !== undefined || record.values.length > 0))
    throw invalid('an alias has neither TTL nor resource records');
  if (record.type === 'CNAME' && record.values.length > 1) throw invalid('a CNAME has one value');
}

export class Zones {
  readonly #zones = new Map<string, HostedZone>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  all(): HostedZone[] {
    return [...this.#zones.values()];
  }

  find(id: string): HostedZone | undefined {
    return this.#zones.get(id.replace(/^\/hostedzone\//, ''));
  }

  make(id: string, name: string): HostedZone {
    const zone = { id, name: plainName(name), records: [] };
    this.#zones.set(id, zone);
    return zone;
  }

  /** Adds or replaces; records of one name and type must all be of one routing policy. */
  put(zone: HostedZone, record: RecordSet): void {
    const place = zone.records.findIndex((other) => sameRecord(other, record));
    const others = zone.records.filter(
      (other, index) => index !== place && other.name === record.name && other.type === record.type,
    );
    const policy = ({ failover, weight }: RecordSet): string =>
      failover !== undefined ? 'failover' : weight !== undefined ? 'weighted' : 'simple';
    if (others.some((other) => policy(other) !== policy(record) || policy(record) === 'simple'))
      throw new AwsError(
        'InvalidChangeBatch',
        `[RRSet of type ${record.type} with DNS name ${record.name}. cannot be created as other RRSets exist with the same name and type]`,
        400,
      );
    if (record.failover !== undefined && others.some((other) => other.failover === record.failover))
      throw new AwsError(
        'InvalidChangeBatch',
        `[There can be one ${record.failover} record set of ${record.name}]`,
        400,
      );
    if (place < 0) zone.records.push(record);
    else zone.records[place] = record;
  }

  /** What the name servers answer for a name now; they are everywhere, whatever region is lost. */
  answer(name: string, healthy: (record: RecordSet) => boolean): DnsAnswer | undefined {
    const wanted = plainName(name);
    const all = this.all().flatMap(({ records }) => records.filter((record) => record.name === wanted));
    const addressed = all.filter(({ type }) => type === 'CNAME' || type === 'A' || type === 'AAAA');
    const [first] = addressed;
    if (first === undefined) return undefined;
    const chosen = this.#choose(
      addressed.filter(({ type }) => type === first.type),
      healthy,
    );
    if (chosen === undefined) return undefined;
    return chosen.alias === undefined
      ? { records: chosen.values.map(plainName), ttl: chosen.ttl }
      : { records: [chosen.alias.dnsName], ttl: ALIAS_TTL };
  }

  /** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html */
  #choose(records: RecordSet[], healthy: (record: RecordSet) => boolean): RecordSet | undefined {
    const primary = records.find(({ failover }) => failover === 'PRIMARY');
    const secondary = records.find(({ failover }) => failover === 'SECONDARY');
    if (primary !== undefined || secondary !== undefined) {
      if (primary !== undefined && healthy(primary)) return primary;
      // With nothing healthy left, the primary is answered as if it were.
      return secondary !== undefined && (primary === undefined || healthy(secondary)) ? secondary : primary;
    }
    if (records.some(({ weight }) => weight === undefined)) return records[0];
    const well = records.filter((record) => healthy(record) && record.weight !== 0);
    return this.#byWeight(well.length > 0 ? well : records);
  }

  #byWeight(records: RecordSet[]): RecordSet | undefined {
    const total = records.reduce((sum, { weight = 0 }) => sum + weight, 0);
    if (total === 0) return records[this.#random.below(records.length)];
    let left = this.#random.next() * total;
    return records.find(({ weight = 0 }) => {
      left -= weight;
      return left < 0;
    });
  }
}

export const sameRecord = (a: RecordSet, b: RecordSet): boolean =>
  a.name === b.name && a.type === b.type && a.setIdentifier === b.setIdentifier;
