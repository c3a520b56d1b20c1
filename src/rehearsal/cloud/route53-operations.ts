import { AwsError, Unreachable } from './aws-error.ts';
import type { HealthCheck } from './route53-health-check.ts';
import { type HostedZone, plainName, type RecordSet, recordSet, sameRecord, type Zones } from './route53-records.ts';
import type { Input, Operation } from './service.ts';
import type { World } from './world.ts';

/** What operations do their work on. */
export type NamesAndChecks = {
  readonly world: World;
  readonly zones: Zones;
  healthChecks(): HealthCheck[];
  healthCheck(id: string): HealthCheck | undefined;
};

/**
 * Every one of these is the control plane's, which is in us-east-1 wherever the client thinks it calls.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/route-53-concepts.html#route-53-concepts-control-and-data-plane
 */
export function route53Operations(route53: NamesAndChecks): Record<string, Operation> {
  const operation = (
    action: string,
    resource: (input: Input) => string,
    answer: (input: Input) => unknown,
  ): Operation => ({
    permissions: (input) => [{ action: `route53:${action}`, resource: resource(input) }],
    answer: (input) => {
      if (!route53.world.network.up('us-east-1')) throw new Unreachable('route53.amazonaws.com');
      return answer(input);
    },
    usEast1ControlPlane: true,
  });
  const zoneArn = (input: Input): string =>
    `arn:aws:route53:::hostedzone/${(input.HostedZoneId ?? input.Id ?? '').replace(/^\/hostedzone\//, '')}`;
  const checkArn = (input: Input): string => `arn:aws:route53:::healthcheck/${input.HealthCheckId}`;
  return {
    ChangeResourceRecordSets: operation('ChangeResourceRecordSets', zoneArn, (input) => change(route53, input)),
    ListResourceRecordSets: operation('ListResourceRecordSets', zoneArn, (input) =>
      listRecords(zoneOf(route53, input.HostedZoneId), input),
    ),
    GetHostedZone: operation('GetHostedZone', zoneArn, (input) => ({
      HostedZone: describeZone(zoneOf(route53, input.Id)),
    })),
    ListHostedZones: operation(
      'ListHostedZones',
      () => '*',
      () => ({ HostedZones: route53.zones.all().map(describeZone), IsTruncated: false }),
    ),
    ListHealthChecks: operation(
      'ListHealthChecks',
      () => '*',
      () => ({ HealthChecks: route53.healthChecks().map(describeCheck), IsTruncated: false }),
    ),
    GetHealthCheck: operation('GetHealthCheck', checkArn, (input) => ({
      HealthCheck: describeCheck(checkOf(route53, input)),
    })),
    GetHealthCheckStatus: operation('GetHealthCheckStatus', checkArn, (input) => ({
      HealthCheckObservations: observations(checkOf(route53, input), route53.world.kernel.now),
    })),
    UpdateHealthCheck: operation('UpdateHealthCheck', checkArn, (input) => {
      const check = checkOf(route53, input);
      const { HealthCheckId: _, ...changes } = input;
      check.config = { ...check.config, ...changes };
      check.apply();
      return { HealthCheck: describeCheck(check) };
    }),
    GetChange: operation(
      'GetChange',
      (input) => `arn:aws:route53:::change/${input.Id}`,
      (input) => ({ ChangeInfo: { Id: input.Id, Status: 'INSYNC' } }),
    ),
  };
}

function zoneOf(route53: NamesAndChecks, id: string): HostedZone {
  const zone = route53.zones.find(id);
  if (zone === undefined) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, 404);
  return zone;
}

function checkOf(route53: NamesAndChecks, input: Input): HealthCheck {
  const check = route53.healthCheck(input.HealthCheckId);
  if (check === undefined)
    throw new AwsError('NoSuchHealthCheck', `The specified health check does not exist: ${input.HealthCheckId}`, 404);
  return check;
}

/** All changes or none. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
function change(route53: NamesAndChecks, input: Input): unknown {
  const zone = zoneOf(route53, input.HostedZoneId);
  const before = [...zone.records];
  try {
    for (const { Action, ResourceRecordSet } of input.ChangeBatch.Changes as Input[])
      apply(route53, zone, Action, recordSet(ResourceRecordSet));
  } catch (error) {
    zone.records.splice(0, zone.records.length, ...before);
    throw error;
  }
  return {
    ChangeInfo: { Id: '/change/C0123456789', Status: 'PENDING', SubmittedAt: new Date(route53.world.kernel.now) },
  };
}

function apply(route53: NamesAndChecks, zone: HostedZone, action: string, record: RecordSet): void {
  const place = zone.records.findIndex((other) => sameRecord(other, record));
  const what = `[name='${record.name}.', type='${record.type}'${record.setIdentifier === undefined ? '' : `, set-identifier='${record.setIdentifier}'`}]`;
  if (action === 'CREATE' && place >= 0)
    throw new AwsError(
      'InvalidChangeBatch',
      `[Tried to create resource record set ${what} but it already exists]`,
      400,
    );
  if (action === 'DELETE' && place < 0)
    throw new AwsError('InvalidChangeBatch', `[Tried to delete resource record set ${what} but it was not found]`, 400);
  if (action === 'DELETE') zone.records.splice(place, 1);
  else route53.zones.put(zone, record);
}

/** Names are ordered by their labels from the last on. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
const sortKey = (name: string): string => name.split('.').toReversed().join('.');

function listRecords(zone: HostedZone, input: Input): unknown {
  const start = input.StartRecordName === undefined ? '' : sortKey(plainName(input.StartRecordName));
  const ordered = zone.records
    .map((record) => ({ record, key: sortKey(record.name) }))
    .filter(({ key, record }) => key > start || (key === start && record.type >= (input.StartRecordType ?? '')))
    .sort(
      (a, b) =>
        order(a.key, b.key) ||
        order(a.record.type, b.record.type) ||
        order(a.record.setIdentifier ?? '', b.record.setIdentifier ?? ''),
    );
  const limit = Number(input.MaxItems ?? 300);
  const next = ordered[limit]?.record;
  return {
    ResourceRecordSets: ordered.slice(0, limit).map(({ record }) => describeRecord(record)),
    IsTruncated: next !== undefined,
    MaxItems: limit,
    ...(next === undefined ? {} : { NextRecordName: `${next.name}.`, NextRecordType: next.type }),
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function describeRecord(record: RecordSet): unknown {
  const { alias, failover, weight, setIdentifier, healthCheckId } = record;
  return {
    Name: `${record.name}.`,
    Type: record.type,
    ...(setIdentifier === undefined ? {} : { SetIdentifier: setIdentifier }),
    ...(failover === undefined ? {} : { Failover: failover }),
    ...(weight === undefined ? {} : { Weight: weight }),
    ...(alias === undefined
      ? { TTL: record.ttl, ResourceRecords: record.values.map((Value) => ({ Value })) }
      : {
          AliasTarget: {
            DNSName: `${alias.dnsName}.`,
            HostedZoneId: alias.zoneId,
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
        }),
    ...(healthCheckId === undefined ? {} : { HealthCheckId: healthCheckId }),
  };
}

const describeZone = ({ id, name, records }: HostedZone): unknown => ({
  Id: `/hostedzone/${id}`,
  Name: `${name}.`,
  ResourceRecordSetCount: records.length,
  Config: { PrivateZone: false },
});

const describeCheck = ({ id, config }: HealthCheck): unknown => ({
  Id: id,
  CallerReference: id,
  HealthCheckConfig: config,
  HealthCheckVersion: 1,
});

function observations(check: HealthCheck, now: number): unknown[] {
  const CheckedTime = new Date(now);
  const seen = check.checkers?.byRegion() ?? [{ region: 'us-east-1', finds: check.healthy }];
  return seen.map(({ region: Region, finds }) => ({
    Region,
    StatusReport: {
      Status: finds ? 'Success: HTTP Status Code 200, OK' : 'Failure: The endpoint did not answer well',
      CheckedTime,
    },
  }));
}
